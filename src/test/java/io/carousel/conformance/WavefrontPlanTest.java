package io.carousel.conformance;

import io.carousel.device.PackedShape;
import io.carousel.device.Precision;

/** The persistent plan whose layers run as a wavefront, in emulation. */
class WavefrontPlanTest extends PlanContract {
  WavefrontPlanTest() {
    super("cuda-emulated", LSTM.withPrecision(Precision.FP32), PackedShape.of(5, 12, 0, 9));
  }
}
