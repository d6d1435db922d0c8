package io.carousel.conformance;

import io.carousel.device.Precision;

/** The GPU's persistent plan, in emulation; threads run in order, streams at once. */
class PersistentPlanTest extends PlanContract {
  PersistentPlanTest() {
    super("cuda-emulated", Precision.BF16);
  }
}
