package io.carousel.rnn;

import io.carousel.RealGpu;
import io.carousel.device.PlanChoice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory that runs out in the middle of a pass, on a real GPU. */
@Tag("gpu")
class GpuOutOfMemoryTest {
  @Test
  void aSmallerBatchWorksAfterwards() {
    new OutOfMemoryTest()
        .aSmallerBatchWorksAfterwards(RealGpu.provider().name(), PlanChoice.STEPWISE);
  }

  @Test
  void aModelThatCannotBeBuiltLeavesNothingBehind() {
    new OutOfMemoryTest().aModelThatCannotBeBuiltLeavesNothingBehind(RealGpu.provider().name());
  }
}
