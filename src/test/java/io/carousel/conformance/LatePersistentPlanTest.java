package io.carousel.conformance;

import io.carousel.device.Precision;

/** The same; threads run in reverse order, streams as late as possible. */
class LatePersistentPlanTest extends PlanContract {
  LatePersistentPlanTest() {
    super("cuda-emulated-reversed", Precision.TF32);
  }
}
