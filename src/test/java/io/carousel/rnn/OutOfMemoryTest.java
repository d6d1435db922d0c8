package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When memory runs out in the middle of a pass, nothing stays behind, and a smaller batch works.
 */
class OutOfMemoryTest {
  private static SequenceBatch batch(int sequences) {
    return SequenceBatch.ofFeatures(
        PackedShape.dense(20, sequences), 3, new float[20 * sequences * 3]);
  }

  private static void pass(SequenceModel model, int sequences) {
    try (SequencePass pass = model.forward(batch(sequences), null, 1)) {
      pass.backward(pass.output());
    }
    model.predict(batch(sequences));
  }

  private static SequenceModel model(Device device, PlanChoice plan) {
    return SequenceModel.around(
            Lstm.builder(3, 16).layers(2).bidirectional(true).dropout(0.1).plan(plan))
        .headDropout(0.1)
        .head(2)
        .build(device, 1);
  }

  /** Every plan of every device. */
  static Stream<Arguments> plans() {
    return TestDevices.available().flatMap(name -> plansOf(name).map(p -> Arguments.of(name, p)));
  }

  private static Stream<PlanChoice> plansOf(String name) {
    try (Device device = Devices.open(name)) {
      boolean hasOwn =
          device.whyNotFused(RecurrentSpec.lstm(3, 16), new PlanCapacity(1, 1)) == null;
      return hasOwn
          ? Stream.of(PlanChoice.STEPWISE, PlanChoice.FUSED)
          : Stream.of(PlanChoice.STEPWISE);
    }
  }

  @ParameterizedTest
  @MethodSource("plans")
  void aSmallerBatchWorksAfterwards(String name, PlanChoice plan) {
    aSmallerBatchWorks(name, false, device -> model(device, plan), 9);
  }

  /** Layers in a wavefront, each with memory of its own; gates that are computed again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void soItDoesWhereTimeIsCutIntoChunks(boolean recompute) {
    String name = "cuda-emulated";
    String why = TestDevices.provider(name).whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    aSmallerBatchWorks(
        name,
        recompute,
        device ->
            SequenceModel.around(Lstm.builder(3, 16).layers(3).dropout(0.1).plan(PlanChoice.FUSED))
                .head(2)
                .build(device, 1),
        29);
  }

  private static void aSmallerBatchWorks(
      String name, boolean recompute, Function<Device, SequenceModel> build, int stride) {
    DeviceOptions options = new DeviceOptions(1, 0, recompute);
    long peak;
    try (Device device = Devices.open(name, options);
        SequenceModel model = build.apply(device)) {
      pass(model, 8);
      peak = device.peakAllocatedBytes();
    }
    for (int percent = 105; percent < 400; percent += stride) {
      DeviceOptions small = new DeviceOptions(1, peak * percent / 100, recompute);
      try (Device device = Devices.open(name, small);
          SequenceModel model = build.apply(device)) {
        pass(model, 8);
        DeviceOutOfMemoryException failure =
            assertThrows(DeviceOutOfMemoryException.class, () -> pass(model, 64));
        assertTrue(failure.getMessage().contains("budget"), failure.getMessage());
        assertEquals(0, model.pool().lentCount());
        assertThrows(DeviceOutOfMemoryException.class, () -> model.predict(batch(640)));
        assertEquals(0, model.pool().lentCount());
        pass(model, 8);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void aModelThatCannotBeBuiltLeavesNothingBehind(String name) {
    try (Device device = Devices.open(name)) {
      Exception refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  SequenceModel.around(Lstm.builder(3, 4).peephole(true).plan(PlanChoice.FUSED))
                      .embedding(9)
                      .build(device, 1));
      assertTrue(refused.getMessage().startsWith("no fused plan"), refused.getMessage());
      assertEquals(0, device.allocatedBytes());
    }
  }
}
