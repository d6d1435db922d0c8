package io.carousel.io.onnx;

import java.util.Arrays;

/**
 * A tensor on the host, row-major. All elements are kept as doubles, which hold every FLOAT, INT32
 * and BOOL; an INT64 beyond ±2⁵³ is rounded. Immutable by agreement: the arrays are not copied and
 * must be left as they are.
 *
 * @param type of the elements
 * @param shape sizes of the axes; empty for a scalar
 * @param values as many as the shape has elements
 */
public record OnnxTensor(OnnxType type, int[] shape, double[] values) {
  /** Larger results of an operator are taken for an error, or an attack by a small file. */
  private static final int LARGEST = 1 << 25;

  /** Checks shape and values against each other. */
  public OnnxTensor {
    if (elements(shape) != values.length) {
      throw new IllegalArgumentException(
          "a tensor %s has %d elements, got %d"
              .formatted(Arrays.toString(shape), elements(shape), values.length));
    }
  }

  /** A tensor of FLOAT. */
  public static OnnxTensor floats(double[] values, int... shape) {
    return new OnnxTensor(OnnxType.FLOAT, shape, values);
  }

  /** A tensor of FLOAT. */
  public static OnnxTensor floats(float[] values, int... shape) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return floats(wide, shape);
  }

  /** A vector of INT64. */
  public static OnnxTensor longs(long... values) {
    return new OnnxTensor(
        OnnxType.INT64,
        new int[] {values.length},
        Arrays.stream(values).asDoubleStream().toArray());
  }

  /** A scalar. */
  static OnnxTensor scalar(OnnxType type, double value) {
    return new OnnxTensor(type, new int[0], new double[] {value});
  }

  /**
   * The number of elements of a shape.
   *
   * @throws IllegalArgumentException when an axis is negative
   * @throws ArithmeticException when a long does not hold the number
   */
  static long elements(int... shape) {
    long size = 1;
    for (int axis : shape) {
      if (axis < 0) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, axis);
    }
    return size;
  }

  /**
   * The number of elements of a tensor that is to be made.
   *
   * @throws IllegalArgumentException when an axis is negative, or when there are more than 2²⁵
   */
  static int size(int... shape) {
    long size = elements(shape);
    if (size > LARGEST) {
      throw new IllegalArgumentException(
          "a tensor %s is larger than the %d elements that an operator may make"
              .formatted(Arrays.toString(shape), LARGEST));
    }
    return (int) size;
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Number of elements. */
  public int size() {
    return values.length;
  }

  /** The elements, rounded to float. */
  public float[] floats() {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  /** The elements of a tensor of integers; those beyond an int become the nearest one. */
  int[] ints() {
    if (type.isReal()) {
      throw new IllegalArgumentException("expected integers, got " + this);
    }
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }

  /** The same elements in another shape. */
  OnnxTensor withShape(int... other) {
    return new OnnxTensor(type, other, values);
  }

  /** The same shape and type with other elements. */
  OnnxTensor withValues(double[] other) {
    return new OnnxTensor(type, shape, other);
  }

  /** Type and shape, not the elements. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OnnxTensor tensor
        && type == tensor.type
        && Arrays.equals(shape, tensor.shape)
        && Arrays.equals(values, tensor.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }
}
