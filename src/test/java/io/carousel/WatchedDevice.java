package io.carousel;

import io.carousel.device.Device;
import io.carousel.device.Queue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** A device whose calls, and those of its queues, a test may hold up or let fail. */
public final class WatchedDevice {
  private final Device device;
  private final Consumer<String> watcher;

  private WatchedDevice(Device real, Consumer<String> watcher) {
    this.watcher = watcher;
    device = watched(Device.class, real);
  }

  /**
   * The same device; its own plans would not know the queues.
   *
   * @param watcher gets the name of each method before it is called
   */
  public static Device of(Device device, Consumer<String> watcher) {
    return new WatchedDevice(device, watcher).device;
  }

  private <T> T watched(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new Watched(this, real)));
  }

  private record Watched(WatchedDevice watch, Object real) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      watch.watcher.accept(method.getName());
      if (method.getReturnType() == Device.class) {
        return watch.device;
      }
      if (method.getName().equals("await")) {
        arguments[0] = ((Watched) Proxy.getInvocationHandler(arguments[0])).real;
      }
      try {
        Object result = method.invoke(real, arguments);
        return result instanceof Queue queue ? watch.watched(Queue.class, queue) : result;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
