package io.carousel.nn;

import java.io.IOException;
import java.util.Set;

/** Named tensors, those of a file above all, from which weights are read. */
public interface TensorSource {
  /** The names of all tensors. */
  Set<String> names();

  /**
   * The size of each axis of a tensor, slowest first; empty for a scalar.
   *
   * @throws IOException when there is no such tensor
   */
  long[] shape(String name) throws IOException;

  /**
   * All elements of a tensor, row by row.
   *
   * @throws IOException when there is no such tensor, it holds no real numbers or cannot be read
   */
  double[] readDoubles(String name) throws IOException;

  /** What to throw when the tensors are not what they should be; names where they come from. */
  IOException refusal(String problem);
}
