package io.carousel.conformance;

import io.carousel.device.Precision;

/** The processor's fused plan. */
class FusedPlanTest extends PlanContract {
  FusedPlanTest() {
    super("cpu", Precision.FP32);
  }
}
