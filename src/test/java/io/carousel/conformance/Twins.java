package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * The same operands on two devices. Matrices of real numbers are views with gaps between their
 * rows, so that an operation that writes beside its operand is found out.
 */
final class Twins implements AutoCloseable {
  private final List<Side> sides = new ArrayList<>();
  private final List<List<Matrix>> buffers = new ArrayList<>();
  private final Random random;

  /** One of the two devices. */
  record Side(Queue queue, BufferScope scope, int index) {}

  /** The same matrix on both. */
  record Twin(List<Matrix> matrices) {
    Matrix on(Side side) {
      return matrices.get(side.index);
    }

    /** The columns of both. */
    Twin columns(int from, int count) {
      return new Twin(matrices.stream().map(m -> m.columns(from, count)).toList());
    }
  }

  /** An operation. */
  @FunctionalInterface
  interface Operation {
    void run(Queue queue, Side side);
  }

  Twins(Device reference, Device subject, long seed) {
    random = new Random(seed);
    for (Device device : List.of(reference, subject)) {
      sides.add(new Side(device.openQueue(), new BufferScope(device, "twins"), sides.size()));
    }
  }

  /** Random numbers in (-1, 1), behind each row a gap. */
  Twin reals(int rows, int columns) {
    return reals(rows, columns, 3, -1, 1);
  }

  /** Random numbers without gaps. */
  Twin contiguous(int rows, int columns) {
    return reals(rows, columns, 0, -1, 1);
  }

  Twin reals(int rows, int columns, int gap, double low, double high) {
    double[] numbers = new double[rows * (columns + gap)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (low + (high - low) * random.nextDouble());
    }
    List<Matrix> all = new ArrayList<>();
    List<Matrix> views = new ArrayList<>();
    for (Side side : sides) {
      Matrix whole = side.scope.reals("reals", rows, columns + gap);
      side.queue.upload(numbers, 0, whole);
      all.add(whole);
      views.add(whole.columns(0, columns));
    }
    buffers.add(all);
    return new Twin(views);
  }

  /** Integers, by their index. */
  Twin integers(int rows, int columns, IntUnaryOperator value) {
    int[] numbers = new int[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = value.applyAsInt(i);
    }
    List<Matrix> views = new ArrayList<>();
    for (Side side : sides) {
      Matrix matrix = side.scope.integers("integers", rows * columns).reshape(rows, columns);
      side.queue.upload(numbers, 0, matrix);
      views.add(matrix);
    }
    return new Twin(views);
  }

  /** Runs an operation on both, then compares every number of every buffer. */
  void run(double tolerance, Operation operation) {
    for (Side side : sides) {
      operation.run(side.queue, side);
    }
    for (List<Matrix> pair : buffers) {
      double[] expected = download(0, pair);
      double[] actual = download(1, pair);
      for (int i = 0; i < expected.length; i++) {
        double bound = tolerance * Math.max(1, Math.abs(expected[i]));
        boolean equal = Math.abs(expected[i] - actual[i]) <= bound;
        assertTrue(
            equal || Double.compare(expected[i], actual[i]) == 0,
            pair.get(0).shape() + " at " + i + ": " + actual[i] + " for " + expected[i]);
      }
    }
  }

  private double[] download(int side, List<Matrix> pair) {
    Matrix matrix = pair.get(side);
    double[] numbers = new double[(int) matrix.size()];
    sides.get(side).queue.download(matrix, numbers, 0);
    return numbers;
  }

  @Override
  public void close() {
    for (Side side : sides) {
      side.scope.close();
      side.queue.close();
    }
  }
}
