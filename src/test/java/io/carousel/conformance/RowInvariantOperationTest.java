package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.carousel.TestDevices;
import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Matrix;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.SomeActivations;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What inference does beside products and cells, row by row: a row's bits are the same whatever
 * rows come with it, on any number of threads. (Cells: {@link RowInvarianceTest}.)
 */
class RowInvariantOperationTest {
  private static final int ROWS = 70;
  private static final int[] WIDTHS = {1, 7, 33, 130, 1100};

  /** Work on some rows. */
  private interface Operation {
    void run(Queue queue, Operands operands, Matrix x, Matrix integers, Matrix y);
  }

  /** What all rows share. */
  private record Operands(Matrix bias, Matrix table) {}

  private static Map<String, Operation> operations() {
    Map<String, Operation> all = new LinkedHashMap<>();
    for (Activation f : SomeActivations.clippedToo(1)) {
      all.put(f.toString(), (queue, shared, x, integers, y) -> queue.activationForward(f, x, y));
    }
    all.put("copy", (queue, shared, x, integers, y) -> queue.copy(x, y));
    all.put(
        "bias, scale, axpy",
        (queue, shared, x, integers, y) -> {
          queue.copy(x, y);
          queue.addBias(y, shared.bias);
          queue.scale(0.7, y);
          queue.axpy(-1.5, x, y);
        });
    all.put("multiply", (queue, shared, x, integers, y) -> queue.multiply(x, x, y));
    all.put(
        "masked softmax",
        (queue, shared, x, integers, y) -> queue.maskedSoftmaxForward(x, integers, y));
    all.put(
        "gather", (queue, shared, x, integers, y) -> queue.gatherRows(shared.table, integers, y));
    return all;
  }

  static List<String> devices() {
    return TestDevices.available().toList();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aRowIsTheSameAmongAnyOthers(String name) {
    Map<String, double[]> before = new LinkedHashMap<>();
    for (int threads : TestDevices.threadCounts(TestDevices.provider(name))) {
      try (Device device =
              TestDevices.provider(name).open(0, DeviceOptions.DEFAULT.withThreads(threads));
          Queue queue = device.openQueue(Products.ROW_INVARIANT)) {
        for (int width : WIDTHS) {
          operations()
              .forEach(
                  (operation, work) -> {
                    String where = name + ", " + operation + ", width " + width;
                    double[] whole = check(queue, width, work, where);
                    double[] other = before.putIfAbsent(where, whole);
                    if (other != null) {
                      assertArrayEquals(other, whole, where + ", threads");
                    }
                  });
        }
      }
    }
  }

  private static double[] check(Queue queue, int width, Operation operation, String where) {
    Random random = new Random(width);
    try (BufferScope scope = new BufferScope(queue.device(), "rows")) {
      Matrix x = scope.reals("x", ROWS, width);
      Matrix y = scope.reals("y", ROWS, width);
      Matrix integers = scope.integers("integers", ROWS);
      Operands shared =
          new Operands(scope.reals("bias", 1, width), scope.reals("table", width + 1, width));
      for (Matrix reals : List.of(x, shared.bias, shared.table)) {
        queue.upload(random.doubles(reals.size(), -3, 3).toArray(), 0, reals);
      }
      queue.upload(random.ints(ROWS, 0, width + 1).toArray(), 0, integers);
      double[] whole = run(queue, operation, shared, x, integers, y, 0, ROWS);
      for (int count : new int[] {1, 2, 3, 5, 17}) {
        for (int from : new int[] {0, 13, 40, ROWS - count}) {
          assertArrayEquals(
              Arrays.copyOfRange(whole, from * width, (from + count) * width),
              run(queue, operation, shared, x, integers, y, from, count),
              "%s, rows %d to %d".formatted(where, from, from + count));
        }
      }
      return whole;
    }
  }

  private static double[] run(
      Queue queue,
      Operation operation,
      Operands shared,
      Matrix x,
      Matrix integers,
      Matrix y,
      int from,
      int count) {
    queue.fill(y, 7);
    Matrix to = y.rows(from, count);
    operation.run(queue, shared, x.rows(from, count), integers.columns(from, count), to);
    double[] values = new double[(int) to.size()];
    queue.download(to, values, 0);
    return values;
  }
}
