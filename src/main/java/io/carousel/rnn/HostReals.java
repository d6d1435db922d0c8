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
    return type == ElementType.F64 ? new Doubles(new double[size]) : new Floats(new float[size]);
  }

  /** {@code float[]} or {@code double[]}. */
  abstract Object array();

  abstract int size();

  abstract HostReals copy();

  /** Overwrites the matrix with the first numbers. */
  abstract void upload(Queue queue, Matrix to);

  /** Overwrites the first numbers with the matrix. */
  abstract void download(Queue queue, Matrix from);

  abstract double[] toDoubles();

  /** Overwrites all, rounding to float where these are floats. */
  abstract void set(double[] values);

  /** Overwrites all with zeros. */
  abstract void clear();

  /** Overwrites some with numbers of the same type. */
  final void copyFrom(HostReals from, int start, int at, int count) {
    System.arraycopy(from.array(), start, array(), at, count);
  }

  private static final class Floats extends HostReals {
    private final float[] values;

    Floats(float[] values) {
      this.values = values;
    }

    @Override
    HostReals copy() {
      return new Floats(values.clone());
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

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    HostReals copy() {
      return new Doubles(values.clone());
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
