package io.carousel.cli.bench;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import java.util.ArrayList;
import java.util.List;

/**
 * The most that this device gives, measured through one of its queues, with as many threads as what
 * is held against it: products, and bytes moved.
 *
 * @param products rates by shape
 * @param traffic rates by working set, the smallest first
 */
public record Ceilings(List<Product> products, List<Traffic> traffic) {
  // a large product, then recurrent ones: m = B or T·B rows, n = gates·H, k = H or I
  private static final int[][] SHAPES = {
    {1024, 1024, 512}, {3200, 512, 64}, {32, 512, 128}, {64, 512, 128}, {64, 2048, 512}
  };
  private static final int[] WORKING_SETS_KIB = {256, 1 << 10, 4 << 10, 16 << 10, 64 << 10};
  private static final double SECONDS_PER_BURST = 1e-3;
  private static final int FEWEST_BURSTS = 5;
  private static final int ROUNDS = 3;

  /**
   * The best rate of a product [m, k] · [k, n].
   *
   * @param flopPerSecond 2·m·n·k over the shortest time
   */
  public record Product(int m, int n, int k, double flopPerSecond) {}

  /**
   * The best rates at which a working set was moved again and again.
   *
   * @param bytes of the working set
   * @param copied bytes read and written in a second by a copy from one half to the other
   * @param read bytes read in a second by the product of one row with a matrix of that size
   */
  public record Traffic(long bytes, double copied, double read) {
    double bytesPerSecond() {
      return Math.max(copied, read);
    }
  }

  /**
   * Measures.
   *
   * @param device where
   * @param precision of the products
   * @param seconds to measure for, about
   */
  public static Ceilings measure(Device device, Precision precision, double seconds) {
    double each = seconds / ROUNDS / (SHAPES.length + 2 * WORKING_SETS_KIB.length);
    try (Queue queue = device.openQueue()) {
      Ceilings best = once(queue, precision, each);
      for (int round = 1; round < ROUNDS; round++) { // what disturbs for a moment spoils one round
        best = best.or(once(queue, precision, each));
      }
      return best;
    }
  }

  private static Ceilings once(Queue queue, Precision precision, double each) {
    List<Product> products = new ArrayList<>();
    for (int[] shape : SHAPES) {
      products.add(product(queue, precision, shape[0], shape[1], shape[2], each));
    }
    List<Traffic> traffic = new ArrayList<>();
    for (int kib : WORKING_SETS_KIB) {
      traffic.add(traffic(queue, kib << 10, each));
    }
    return new Ceilings(List.copyOf(products), List.copyOf(traffic));
  }

  /** The better of each rate. */
  Ceilings or(Ceilings other) {
    List<Product> best = new ArrayList<>();
    for (int i = 0; i < products.size(); i++) {
      Product a = products.get(i);
      Product b = other.products.get(i);
      best.add(a.flopPerSecond >= b.flopPerSecond ? a : b);
    }
    List<Traffic> moved = new ArrayList<>();
    for (int i = 0; i < traffic.size(); i++) {
      Traffic a = traffic.get(i);
      Traffic b = other.traffic.get(i);
      moved.add(new Traffic(a.bytes, Math.max(a.copied, b.copied), Math.max(a.read, b.read)));
    }
    return new Ceilings(List.copyOf(best), List.copyOf(moved));
  }

  private static Product product(
      Queue queue, Precision precision, int m, int n, int k, double seconds) {
    ElementType operand = queue.device().operandType(precision);
    try (BufferScope scope = new BufferScope(queue.device(), "ceilings")) {
      Matrix a = scope.matrix(operand, "a", m, k);
      Matrix b = scope.matrix(operand, "b", k, n);
      Matrix c = scope.reals("c", m, n);
      double best = best(queue, seconds, () -> queue.gemm(precision, false, false, 1, a, b, 0, c));
      return new Product(m, n, k, 2.0 * m * n * k / best);
    }
  }

  private static Traffic traffic(Queue queue, int bytes, double seconds) {
    int columns = 512;
    int rows = bytes / queue.device().realType().bytes() / columns;
    try (BufferScope scope = new BufferScope(queue.device(), "ceilings")) {
      Matrix set = scope.reals("set", rows, columns);
      Matrix from = set.rows(0, rows / 2);
      Matrix to = set.rows(rows / 2, rows / 2);
      double copying = best(queue, seconds, () -> queue.copy(from, to));
      Matrix row = scope.reals("row", 1, rows);
      Matrix sum = scope.reals("sum", 1, columns);
      double reading = best(queue, seconds, () -> queue.gemm(false, false, 1, row, set, 0, sum));
      return new Traffic(bytes, bytes / copying, bytes / reading);
    }
  }

  /** The shortest time of an operation in seconds, over bursts that hide what waiting costs. */
  private static double best(Queue queue, double seconds, Runnable operation) {
    int repeats = 1;
    double burst = time(queue, 1, operation);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    double best = burst;
    for (int i = 0; i < FEWEST_BURSTS || System.nanoTime() < end; i++) {
      if (burst < SECONDS_PER_BURST / 2 && repeats < 1 << 20) {
        repeats *= 2;
      }
      burst = time(queue, repeats, operation);
      best = Math.min(best, burst / repeats);
    }
    return best;
  }

  private static double time(Queue queue, int repeats, Runnable operation) {
    long start = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      operation.run();
    }
    queue.synchronize();
    return (System.nanoTime() - start) * 1e-9;
  }

  /** The best rate of all products. */
  public double flopPerSecond() {
    return products.stream().mapToDouble(Product::flopPerSecond).max().orElseThrow();
  }

  /**
   * The best rate of moving that many bytes again and again: that of the largest working set which
   * is not larger, or of a larger one that was faster.
   */
  public double bytesPerSecond(double workingSet) {
    double best = 0;
    for (int i = traffic.size() - 1; i >= 0; i--) {
      best = Math.max(best, traffic.get(i).bytesPerSecond());
      if (traffic.get(i).bytes() <= workingSet) {
        break;
      }
    }
    return best;
  }

  /** Seconds that the products alone would take. */
  public double computeSeconds(Cost cost) {
    return cost.flop() / flopPerSecond();
  }

  /** Seconds that the traffic alone would take. */
  public double trafficSeconds(Cost cost) {
    return cost.trafficBytes() / bytesPerSecond(cost.trafficBytes());
  }

  /** The roofline: no step of that cost takes less time at these rates. */
  public double boundSeconds(Cost cost) {
    return Math.max(computeSeconds(cost), trafficSeconds(cost));
  }
}
