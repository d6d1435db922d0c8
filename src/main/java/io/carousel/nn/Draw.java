package io.carousel.nn;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Which random numbers a training pass takes. The same draw gives the same dropout masks.
 *
 * @param number of the pass, such as the count of training passes so far; negative for none
 * @param rowIds [2, rows] integers: the caller's row and the time step of each row, so that masks
 *     do not depend on how the batch was packed; unchanged until backward; null for (row, 0)
 */
public record Draw(int number, @Nullable Matrix rowIds) {
  /** For layers that take no random numbers. */
  public static final Draw NONE = new Draw(-1, null);

  /** The draw of that number, rows counted as they stand. */
  public static Draw of(int number) {
    return new Draw(number, null);
  }
}
