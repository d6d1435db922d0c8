package io.carousel.conformance;

import io.carousel.RealGpu;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PlanChoice;
import io.carousel.rnn.Lstm;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The suites that every device passes, on a real GPU. */
@Tag("gpu")
class GpuConformanceTest {
  @Test
  void operations() {
    OperationConformanceTest.compare(RealGpu.provider(), 1);
  }

  @Test
  void rowInvariantProducts() {
    new RowInvariantProductTest().aRowIsTheSameAmongAnyOthers(RealGpu.provider().name());
  }

  @Test
  void stacks() {
    StackConformanceTest.compare(RealGpu.provider(), 1, PlanChoice.STEPWISE);
  }

  @Test
  void steadyState() {
    new SteadyStateTest()
        .allocatesUnderOneKilobytePerTimeStep(
            RealGpu.provider().name(), Lstm.builder(64, 128), 32, 64);
  }

  @Nested
  class Precisions extends PrecisionTest {
    @Override
    List<DeviceProvider> providers() {
      return List.of(RealGpu.provider());
    }
  }
}
