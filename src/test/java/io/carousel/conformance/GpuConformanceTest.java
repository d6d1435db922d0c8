package io.carousel.conformance;

import io.carousel.RealGpu;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.rnn.Lstm;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Whether or not they are offered without being asked for. */
  @ParameterizedTest
  @EnumSource(names = {"FP32", "TF32", "BF16", "FP16"})
  void persistentStacks(Precision precision) {
    try (Device device = RealGpu.openPersistent(DeviceOptions.DEFAULT)) {
      PersistentConformanceTest.compare(precision, device, device);
      PersistentConformanceTest.compareLong(precision, device, device);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void persistentStacksThatTakeTheGpu(Precision precision) {
    try (Device device = RealGpu.openPersistent(DeviceOptions.DEFAULT)) {
      PersistentConformanceTest.compareLarge(precision, device);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "TF32", "BF16", "FP16"})
  void persistentStacksThatComputeGatesAgain(Precision precision) {
    DeviceOptions options = DeviceOptions.DEFAULT.withRecompute(true);
    try (Device device = RealGpu.openPersistent(options)) {
      PersistentConformanceTest.compareLong(precision, device, device);
    }
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
