package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.carousel.CpuInstructions;
import io.carousel.TestDevices;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of a queue that promises it: the bits of a row of c are the same whatever rows are
 * multiplied with it, on any number of threads.
 */
class RowInvariantProductTest {
  private static final int MOST_ROWS = 70;

  /** n, k; the last ones are cut among threads. */
  private static final int[][] SHAPES = {{1, 1}, {3, 7}, {9, 130}, {17, 64}, {33, 257}, {600, 130}};

  /** Ranges of rows that are multiplied by themselves. */
  private static final int[][] RANGES = {
    {0, 1}, {13, 14}, {69, 70}, {0, 2}, {7, 10}, {1, 5}, {20, 25}, {3, 9}, {10, 17}, {30, 38},
    {11, 24}, {5, 38}, {1, 70}
  };

  static List<String> devices() {
    return TestDevices.available().toList();
  }

  static Stream<String> instructions() {
    return Stream.concat(CpuInstructions.available(), Stream.of("none"));
  }

  @ParameterizedTest
  @MethodSource("instructions")
  void withTheProcessorsOtherKernelsAndWithout(String instructions) {
    try (CpuInstructions chosen = new CpuInstructions(instructions)) {
      aRowIsTheSameAmongAnyOthers("cpu");
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aRowIsTheSameAmongAnyOthers(String name) {
    for (int[] shape : SHAPES) {
      for (Precision precision : precisions(name)) {
        for (int variant = 0; variant < 4; variant++) {
          String where =
              "%s %s %s, variant %d".formatted(name, precision, Arrays.toString(shape), variant);
          Case c = new Case(precision, variant % 2 == 1, variant / 2 == 1, shape[0], shape[1]);
          double[] whole = new double[0];
          for (int threads : TestDevices.threadCounts(TestDevices.provider(name))) {
            try (Device device = open(name, threads);
                Queue queue = device.openQueue(Products.ROW_INVARIANT)) {
              assertSame(Products.ROW_INVARIANT, queue.products());
              assertSame(Products.ROW_INVARIANT, queue.beside().products());
              double[] rows = c.multiply(queue, 0, MOST_ROWS);
              assertEquals(MOST_ROWS * c.n, rows.length);
              if (whole.length > 0) {
                assertArrayEquals(whole, rows, where + ", threads");
              }
              whole = rows;
              for (int[] range : RANGES) {
                assertArrayEquals(
                    Arrays.copyOfRange(whole, range[0] * c.n, range[1] * c.n),
                    c.multiply(queue, range[0], range[1]),
                    where + ", rows " + Arrays.toString(range));
              }
              if (precision == Precision.FP32) {
                assertArrayEquals(whole, c.multiplyBatched(queue, 5), where + ", batched");
              }
            }
          }
        }
      }
    }
  }

  private static Device open(String name, int threads) {
    return TestDevices.provider(name).open(0, DeviceOptions.DEFAULT.withThreads(threads));
  }

  private static List<Precision> precisions(String name) {
    try (Device device = open(name, 1)) {
      List<Precision> precisions = new ArrayList<>(List.of(Precision.FP32));
      for (Precision one : List.of(Precision.TF32, Precision.BF16, Precision.FP16)) {
        if (device.supports(one)) {
          precisions.add(one);
        }
      }
      return precisions;
    }
  }

  /** One product c ← 0.7 · op(a) · op(b) - 0.5 · c of up to {@value #MOST_ROWS} rows. */
  private static final class Case {
    final Precision precision;
    final boolean transposeA;
    final boolean transposeB;
    final int n;
    final int k;
    final double[][] a;
    final double[] b;
    final double[][] c;

    Case(Precision precision, boolean transposeA, boolean transposeB, int n, int k) {
      this.precision = precision;
      this.transposeA = transposeA;
      this.transposeB = transposeB;
      this.n = n;
      this.k = k;
      Random random = new Random(n * 1000L + k);
      a = rows(random, MOST_ROWS, k);
      b = flat(rows(random, n, k), transposeB);
      c = rows(random, MOST_ROWS, n);
    }

    /** The rows [from, to) of c. */
    double[] multiply(Queue queue, int from, int to) {
      ElementType type = queue.device().operandType(precision);
      try (BufferScope scope = new BufferScope(queue.device(), "product")) {
        Matrix x = upload(queue, scope, flat(Arrays.copyOfRange(a, from, to), !transposeA), type);
        Matrix y = upload(queue, scope, b, type);
        Matrix z =
            upload(
                queue,
                scope,
                flat(Arrays.copyOfRange(c, from, to), true),
                queue.device().realType());
        int m = to - from;
        queue.gemm(
            precision,
            transposeA,
            transposeB,
            0.7,
            transposeA ? x.reshape(k, m) : x.reshape(m, k),
            transposeB ? y.reshape(n, k) : y.reshape(k, n),
            -0.5,
            z.reshape(m, n));
        return download(queue, z);
      }
    }

    /** All rows of c, as {@code count} products of as many rows each. */
    double[] multiplyBatched(Queue queue, int count) {
      int m = MOST_ROWS / count;
      try (BufferScope scope = new BufferScope(queue.device(), "products")) {
        ElementType real = queue.device().realType();
        double[] as = new double[0];
        double[] bs = new double[0];
        for (int i = 0; i < count; i++) {
          as = joined(as, flat(Arrays.copyOfRange(a, i * m, (i + 1) * m), !transposeA));
          bs = joined(bs, b);
        }
        Matrix x = upload(queue, scope, as, real);
        Matrix y = upload(queue, scope, bs, real);
        Matrix z = upload(queue, scope, flat(c, true), real);
        queue.gemmStridedBatched(
            transposeA,
            transposeB,
            0.7,
            MatrixBatch.blocks(
                transposeA ? x.reshape(count * k, m) : x.reshape(count * m, k), count),
            MatrixBatch.blocks(
                transposeB ? y.reshape(count * n, k) : y.reshape(count * k, n), count),
            -0.5,
            MatrixBatch.blocks(z.reshape(count * m, n), count));
        return download(queue, z);
      }
    }

    private static Matrix upload(
        Queue queue, BufferScope scope, double[] values, ElementType type) {
      Matrix reals = scope.reals("reals", 1, values.length);
      queue.upload(values, 0, reals);
      if (type == queue.device().realType()) {
        return reals;
      }
      Matrix operand = scope.matrix(type, "operand", 1, values.length);
      queue.copy(reals, operand);
      return operand;
    }

    private static double[] download(Queue queue, Matrix all) {
      double[] values = new double[(int) all.size()];
      queue.download(all, values, 0);
      return values;
    }

    private static double[][] rows(Random random, int rows, int columns) {
      double[][] values = new double[rows][];
      for (int row = 0; row < rows; row++) {
        values[row] = random.doubles(columns, -1, 1).map(x -> (float) x).toArray();
      }
      return values;
    }

    private static double[] flat(double[][] rows, boolean byRows) {
      int columns = rows[0].length;
      double[] flat = new double[rows.length * columns];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < columns; j++) {
          flat[byRows ? i * columns + j : j * rows.length + i] = rows[i][j];
        }
      }
      return flat;
    }

    private static double[] joined(double[] first, double[] second) {
      double[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }
  }
}
