package io.carousel.rnn;

import io.carousel.device.PackedShape;

/** Moves rows on the host between padded sequences, [T, N, F], and packed ones, [Σ n_t, F]. */
public final class Packing {
  private Packing() {}

  /** The packed rows of a padded array; the array itself where there is nothing to move. */
  public static float[] pack(PackedShape shape, int columns, float[] padded) {
    if (isDense(shape)) {
      return padded;
    }
    float[] packed = new float[Math.multiplyExact(shape.rows(), columns)];
    copy(shape, columns, padded, packed, true);
    return packed;
  }

  /** The packed rows of a padded array; the array itself where there is nothing to move. */
  public static double[] pack(PackedShape shape, int columns, double[] padded) {
    if (isDense(shape)) {
      return padded;
    }
    double[] packed = new double[Math.multiplyExact(shape.rows(), columns)];
    copy(shape, columns, padded, packed, true);
    return packed;
  }

  /** The packed rows of one padded column; the array itself where there is nothing to move. */
  public static int[] pack(PackedShape shape, int[] padded) {
    if (isDense(shape)) {
      return padded;
    }
    int[] packed = new int[shape.rows()];
    copy(shape, 1, padded, packed, true);
    return packed;
  }

  /** The padded array of packed rows, with zeros past the ends. */
  public static float[] pad(PackedShape shape, int columns, float[] packed) {
    float[] padded = new float[paddedSize(shape, columns)];
    copy(shape, columns, packed, padded, false);
    return padded;
  }

  /** The padded array of packed rows, with zeros past the ends. */
  public static double[] pad(PackedShape shape, int columns, double[] packed) {
    double[] padded = new double[paddedSize(shape, columns)];
    copy(shape, columns, packed, padded, false);
    return padded;
  }

  private static int paddedSize(PackedShape shape, int columns) {
    return Math.multiplyExact(Math.multiplyExact(shape.steps(), shape.batchSize()), columns);
  }

  private static boolean isDense(PackedShape shape) {
    return shape.isSorted() && shape.rows() == shape.steps() * shape.batchSize();
  }

  private static void copy(
      PackedShape shape, int columns, Object from, Object to, boolean packing) {
    for (int t = 0; t < shape.steps(); t++) {
      for (int n = 0; n < shape.batchSize(); n++) {
        int row = shape.packedRow(t, n);
        if (row >= 0) {
          int packed = row * columns;
          int padded = (t * shape.batchSize() + n) * columns;
          System.arraycopy(from, packing ? padded : packed, to, packing ? packed : padded, columns);
        }
      }
    }
  }
}
