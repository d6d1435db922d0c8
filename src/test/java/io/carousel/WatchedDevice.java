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
  private final Device device; // as queues name it
  private final Consumer<String> watcher;

  private WatchedDevice(Device real, boolean queuesAlone, Consumer<String> watcher) {
    this.watcher = watcher;
    device = queuesAlone ? real : watched(Device.class, real);
  }

  /**
   * The same device; its own plans would not know the queues.
   *
   * @param watcher gets the name of each method before it is called
   */
  public static Device of(Device device, Consumer<String> watcher) {
    return new WatchedDevice(device, false, watcher).device;
  }

  /** A new queue that is watched in the same way, with those beside it, but not its device. */
  public static Queue queueOf(Device device, Consumer<String> watcher) {
    return new WatchedDevice(device, true, watcher).watched(Queue.class, device.openQueue());
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
      if (method.getName().equals("await") || method.getName().equals("equals")) {
        arguments[0] = behind(arguments[0]);
      }
      try {
        Object result = method.invoke(real, arguments);
        return result instanceof Queue queue ? watch.watched(Queue.class, queue) : result;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private static Object behind(Object other) {
      boolean watched =
          Proxy.isProxyClass(other.getClass())
              && Proxy.getInvocationHandler(other) instanceof Watched;
      return watched ? ((Watched) Proxy.getInvocationHandler(other)).real : other;
    }
  }
}
