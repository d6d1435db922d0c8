package io.carousel.device.cuda;

import io.carousel.device.Matrix;
import io.carousel.device.Products;
import org.jspecify.annotations.Nullable;

/**
 * What every family of operations stands on. Each operation checks its operands, then enqueues one
 * kernel and checks its status.
 */
interface CudaOperations {
  /**
   * Checks the holding thread and that the operands are open and lie on this device, which must not
   * have failed.
   */
  void begin(@Nullable Matrix... operands);

  /** How matrix products are computed. */
  Products products();

  /** The handle of the stream that takes the work. */
  long handle();

  /** {@code CAROUSEL_SCRATCH_BYTES} of device memory for sums. */
  long scratch();

  /** Throws what a status other than 0 says. */
  void check(String operation, int status);
}
