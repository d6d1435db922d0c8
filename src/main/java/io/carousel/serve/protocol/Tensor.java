package io.carousel.serve.protocol;

import java.util.List;

/**
 * A tensor of a request or an answer: its numbers in row-major order, as floats or as integers.
 *
 * @param spec what it is
 * @param shape its sizes, as many as the specification has axes
 * @param floats the numbers of FP32, empty for integers
 * @param integers the numbers of INT32 and INT64, empty for floats
 */
public record Tensor(TensorSpec spec, List<Integer> shape, float[] floats, int[] integers) {
  /** Floats of that shape. */
  public static Tensor of(TensorSpec spec, List<Integer> shape, float[] floats) {
    return new Tensor(spec, shape, floats, new int[0]);
  }

  /** The size of an axis. */
  public int size(int axis) {
    return shape.get(axis);
  }
}
