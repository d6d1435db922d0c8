package io.carousel.rnn;

import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.Arrays;

/** Numbers of a device on the host, without the change of a bit. */
abstract sealed class HostReals {
  /**
   * Zeros.
   *
   * @param type the device's real type
   */
  static HostReals zeros(ElementType type, int size) {
    return type == ElementType.F64 ? new Doubles(size) : new Floats(size);
  }

  /** {@code float[]} or {@code double[]}. */
  abstract Object array();

  abstract int size();

  /** Overwrites the matrix with the first numbers. */
  abstract void upload(Queue queue, Matrix to);

  /** Overwrites the first numbers with the matrix. */
  abstract void download(Queue queue, Matrix from);

  abstract double[] toDoubles();

  /** Overwrites all, rounding to float where these are floats. */
  abstract void set(double[] values);

  /** Overwrites all with zeros. */
  abstract void clear();

  final HostReals copy() {
    HostReals copy = zeros(array() instanceof double[] ? ElementType.F64 : ElementType.F32, size());
    copy.copyFrom(this, 0, 0, size());
    return copy;
  }

  /** Overwrites some with numbers of the same type. */
  final void copyFrom(HostReals from, int start, int at, int count) {
    System.arraycopy(from.array(), start, array(), at, count);
  }

  private static final class Floats extends HostReals {
    private final float[] values;

    Floats(int size) {
      values = new float[size];
    }

    @Override
    Object array() {
      return values;
    }

    @Override
    int size() {
      return values.length;
    }

    @Override
    void upload(Queue queue, Matrix to) {
      queue.upload(values, 0, to);
    }

    @Override
    void download(Queue queue, Matrix from) {
      queue.download(from, values, 0);
    }

    @Override
    void clear() {
      Arrays.fill(values, 0);
    }

    @Override
    double[] toDoubles() {
      double[] doubles = new double[values.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values[i];
      }
      return doubles;
    }

    @Override
    void set(double[] doubles) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) doubles[i];
      }
    }
  }

  private static final class Doubles extends HostReals {
    private final double[] values;

    Doubles(int size) {
      values = new double[size];
    }

    @Override
    Object array() {
      return values;
    }

    @Override
    int size() {
      return values.length;
    }

    @Override
    void upload(Queue queue, Matrix to) {
      queue.upload(values, 0, to);
    }

    @Override
    void download(Queue queue, Matrix from) {
      queue.download(from, values, 0);
    }

    @Override
    void clear() {
      Arrays.fill(values, 0);
    }

    @Override
    double[] toDoubles() {
      return values.clone();
    }

    @Override
    void set(double[] doubles) {
      System.arraycopy(doubles, 0, values, 0, values.length);
    }
  }
}
