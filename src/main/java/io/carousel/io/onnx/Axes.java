package io.carousel.io.onnx;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Index arithmetic of row-major tensors: axes counted from either end, permuted, broadcast. */
final class Axes {
  private Axes() {}

  /**
   * An axis counted from 0, from one that may be counted from the end by negative numbers.
   *
   * @throws IllegalArgumentException when there is no such axis
   */
  static int of(long axis, int rank) {
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) {
      throw new IllegalArgumentException("axis %d of %d".formatted(axis, rank));
    }
    return (int) counted;
  }

  /** Elements between one index of an axis and the next, for each axis. */
  static int[] strides(int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /**
   * The tensor whose axis k is axis {@code permutation[k]} of another.
   *
   * @throws IllegalArgumentException when these are not all axes, each once
   */
  static OnnxTensor transpose(OnnxTensor tensor, int... permutation) {
    int[] sorted = permutation.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(sorted, IntStream.range(0, tensor.rank()).toArray())) {
      throw new IllegalArgumentException(
          "perm %s of %s".formatted(Arrays.toString(permutation), tensor));
    }
    int[] strides = strides(tensor.shape());
    int[] shape = IntStream.of(permutation).map(axis -> tensor.shape()[axis]).toArray();
    int[] steps = IntStream.of(permutation).map(axis -> strides[axis]).toArray();
    return gathered(tensor, shape, 0, steps);
  }

  /**
   * Elements of a tensor on a grid: that at index i is element {@code start + Σ i_k · steps_k}.
   *
   * @param shape of the result
   */
  static OnnxTensor gathered(OnnxTensor tensor, int[] shape, int start, int[] steps) {
    double[] values = new double[OnnxTensor.size(shape)];
    int[] index = new int[shape.length];
    int from = start;
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[from];
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += steps[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        index[axis] = 0;
        from -= steps[axis] * shape[axis];
      }
    }
    return new OnnxTensor(tensor.type(), shape, values);
  }

  /**
   * The common shape of operands that are stretched along axes of size 1, as NumPy does.
   *
   * @throws IllegalArgumentException when there is none
   */
  static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] shape = new int[rank];
    for (int k = 1; k <= rank; k++) {
      int sizeA = k <= a.length ? a[a.length - k] : 1;
      int sizeB = k <= b.length ? b[b.length - k] : 1;
      if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
        throw new IllegalArgumentException(
            "shapes %s and %s do not fit".formatted(Arrays.toString(a), Arrays.toString(b)));
      }
      shape[rank - k] = sizeA == 1 ? sizeB : sizeA;
    }
    return shape;
  }

  /** A tensor stretched to a shape that {@link #broadcast} gave. */
  static OnnxTensor stretched(OnnxTensor tensor, int... shape) {
    if (Arrays.equals(tensor.shape(), shape)) {
      return tensor;
    }
    int[] strides = strides(tensor.shape());
    int[] steps = new int[shape.length];
    int missing = shape.length - tensor.rank();
    for (int axis = missing; axis < shape.length; axis++) {
      steps[axis] = tensor.shape()[axis - missing] == 1 ? 0 : strides[axis - missing];
    }
    return gathered(tensor, shape, 0, steps);
  }
}
