package peers.carousel;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A queue that passes everything on to another one and takes the time of each operation, by name
 * and shapes. Right for devices whose operations are done when a call returns, as the cpu's are.
 */
final class TimedQueue implements InvocationHandler {
  /** Calls of one operation with operands of the same shapes. */
  static final class Cost {
    final String name;
    final double flops;
    long calls;
    long nanos;

    private Cost(String name, double flops) {
      this.name = name;
      this.flops = flops;
    }
  }

  private final Queue queue;
  private final Map<String, Cost> costs = new LinkedHashMap<>();

  private TimedQueue(Queue queue) {
    this.queue = queue;
  }

  /** A clock around a queue. */
  static TimedQueue around(Queue queue) {
    return new TimedQueue(queue);
  }

  /** The queue to give to modules. */
  Queue queue() {
    return (Queue)
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Queue.class}, this);
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      if (method.getName().equals("await") && arguments[0] == proxy) {
        return null; // work on one queue is in order
      }
      Object result = method.invoke(queue, arguments);
      return result == queue ? proxy : result; // the cpu's queue beside is itself
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      long nanos = System.nanoTime() - start;
      if (arguments != null && arguments[0] != proxy) {
        Cost cost = cost(method, arguments);
        cost.calls++;
        cost.nanos += nanos;
      }
    }
  }

  private Cost cost(Method method, Object[] arguments) {
    StringBuilder name = new StringBuilder(method.getName());
    for (Object argument : arguments) {
      if (argument instanceof Matrix matrix) {
        name.append(' ').append(matrix.rows()).append('x').append(matrix.columns());
      } else if (argument instanceof Boolean transposed) {
        name.append(transposed ? " T" : " N");
      }
    }
    return costs.computeIfAbsent(name.toString(), n -> new Cost(n, flops(method, arguments)));
  }

  private static double flops(Method method, Object[] arguments) {
    if (!method.getName().equals("gemm")) {
      return 0;
    }
    // both overloads: transposed or not comes first of the flags, then A, B and C of the matrices
    List<Matrix> matrices = arguments(arguments, Matrix.class);
    Matrix a = matrices.get(0);
    Matrix c = matrices.get(2);
    int terms = arguments(arguments, Boolean.class).get(0) ? a.rows() : a.columns();
    return 2.0 * c.rows() * c.columns() * terms;
  }

  private static <T> List<T> arguments(Object[] all, Class<T> type) {
    return Stream.of(all).filter(type::isInstance).map(type::cast).toList();
  }

  /** All costs since {@link #reset}, the largest first. */
  List<Cost> costs() {
    List<Cost> sorted = new ArrayList<>(costs.values());
    sorted.sort((a, b) -> Long.compare(b.nanos, a.nanos));
    return sorted;
  }

  /** Forgets all costs. */
  void reset() {
    costs.clear();
  }
}
