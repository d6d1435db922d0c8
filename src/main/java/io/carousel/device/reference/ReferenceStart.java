package io.carousel.device.reference;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** What every operation does first. */
interface ReferenceStart {
  /** Checks the holding thread and that the operands are open and lie on this device. */
  void begin(@Nullable Matrix... operands);
}
