package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.CpuInstructions;
import io.carousel.TestDevices;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.CellOptions;
import io.carousel.rnn.StackFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Recurrent stacks on every device and plan at hand against the reference device: outputs and all
 * gradients.
 */
class StackConformanceTest {
  /** Normalised squared error per tensor that float32 may have. */
  private static final double TOLERANCE = 1e-10;

  private record Case(RecurrentSpec spec, PackedShape shape) {}

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<PackedShape> shapes =
        List.of(
            PackedShape.dense(1, 1),
            PackedShape.dense(7, 3),
            PackedShape.of(3, 9, 0, 5, 9),
            PackedShape.of(0),
            PackedShape.dense(3, 40));
    for (int hidden : new int[] {1, 17, 33, 64}) {
      for (RecurrentSpec spec : cells(hidden)) {
        for (PackedShape shape : shapes) {
          cases.add(new Case(spec, shape));
        }
        cases.add(
            new Case(
                spec.withNumLayers(2).withBidirectional(true).withDropout(0.3),
                PackedShape.of(4, 2, 6)));
        cases.add(new Case(spec.withBias(false), PackedShape.of(4, 2, 6)));
      }
    }
    for (int hidden : new int[] {1, 5, 17}) {
      for (RecurrentSpec spec : CellOptions.all(5, hidden)) {
        if (hidden > 5 && CellOptions.isUnbounded(spec)) {
          continue; // such cells multiply every rounding by what they grow
        }
        cases.add(new Case(spec, PackedShape.of(3, 5, 0, 2)));
        cases.add(new Case(spec.withBias(false).withBidirectional(true), PackedShape.dense(3, 3)));
        if (!CellOptions.isUnbounded(spec)) {
          cases.add(
              new Case(
                  spec.withNumLayers(2).withBidirectional(true).withDropout(0.3),
                  PackedShape.of(4, 2, 6)));
        }
      }
    }
    for (RecurrentSpec spec : cells(9)) { // each layer's output must last until backward
      cases.add(new Case(spec.withNumLayers(4).withDropout(0.2), PackedShape.of(2, 5, 4)));
    }
    for (RecurrentSpec spec : cells(128)) {
      cases.add(new Case(spec.withInputSize(64), PackedShape.dense(5, 32)));
    }
    return cases;
  }

  private static List<RecurrentSpec> cells(int hidden) {
    List<RecurrentSpec> cells = new ArrayList<>();
    cells.add(RecurrentSpec.rnn(5, hidden));
    cells.add(RecurrentSpec.rnn(5, hidden).withActivation(Activation.RELU));
    cells.add(RecurrentSpec.lstm(5, hidden));
    cells.add(RecurrentSpec.gru(5, hidden));
    cells.add(RecurrentSpec.gru(5, hidden).withResetAfter(false));
    if (hidden > 1) {
      cells.add(RecurrentSpec.lstm(5, hidden).withProjSize((hidden + 1) / 2));
    }
    return cells;
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : Devices.providers()) {
      if (provider.name().equals("reference") || provider.whyUnavailable() != null) {
        continue;
      }
      for (int threads : TestDevices.threadCounts(provider)) {
        for (PlanChoice plan : new PlanChoice[] {PlanChoice.STEPWISE, PlanChoice.FUSED}) {
          String name = provider.name() + ", " + threads + " threads, " + plan;
          tests.add(DynamicTest.dynamicTest(name, () -> compare(provider, threads, plan)));
        }
      }
    }
    return tests.stream();
  }

  /** The processor's fused plan with each of its instruction sets, whichever it takes itself. */
  @TestFactory
  Stream<DynamicTest> everyInstructionSetEqualsTheReference() {
    return CpuInstructions.available()
        .map(
            instructions ->
                DynamicTest.dynamicTest(
                    instructions,
                    () -> {
                      try (CpuInstructions chosen = new CpuInstructions(instructions)) {
                        compare(TestDevices.provider("cpu"), 2, PlanChoice.FUSED);
                      }
                    }));
  }

  static void compare(DeviceProvider provider, int threads, PlanChoice plan) {
    try (Device reference = Devices.open("reference");
        Device device = provider.open(0, DeviceOptions.DEFAULT.withThreads(threads))) {
      int run = 0;
      for (Case c : cases()) {
        if (plan == PlanChoice.FUSED
            && device.whyNotFused(c.spec, PlanCapacity.of(c.shape)) != null) {
          continue; // a plan that the device does not offer; asking for it is refused elsewhere
        }
        run++;
        StackFixture fixture = new StackFixture(c.spec, c.shape, 11);
        require(c, fixture.run(reference, PlanChoice.STEPWISE), fixture.run(device, plan));
        require(
            c,
            fixture.run(reference, PlanChoice.STEPWISE, false),
            fixture.run(device, plan, false));
      }
      Assumptions.assumeTrue(run > 0, "skipped: " + device.name() + " offers no such plan");
    }
  }

  private static void require(Case c, Map<String, double[]> expected, Map<String, double[]> got) {
    expected.forEach(
        (name, truth) -> {
          double[] values = got.get(name);
          double error = 0;
          double scale = 0;
          for (int i = 0; i < truth.length; i++) {
            error += (values[i] - truth[i]) * (values[i] - truth[i]);
            scale += truth[i] * truth[i];
          }
          double normalised = error == 0 ? 0 : error / scale;
          assertTrue(
              normalised <= TOLERANCE,
              () -> name + " of " + c.spec + ", " + c.shape + ": normalised error " + normalised);
        });
  }
}
