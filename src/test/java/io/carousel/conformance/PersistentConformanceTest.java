package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StackFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Persistent plans against the reference device and against the stepwise plan of the same
 * precision: outputs and all gradients, with the same bits a second time; in emulation in clusters
 * and, with threads in reverse order, through memory.
 */
class PersistentConformanceTest {
  private static final int INPUTS = 5;

  /** One block, a part of a block, several that exchange their states. */
  private static final List<Integer> UNITS = List.of(1, 17, 33, 130);

  /** About as many as 16 multiprocessors hold. */
  private static int mostUnits(Precision precision) {
    return precision == Precision.BF16 || precision == Precision.FP16 ? 300 : 200;
  }

  /** A stack on a batch; with or without initial states. */
  private record Case(RecurrentSpec spec, PackedShape shape, boolean hasStates) {
    StackFixture fixture() {
      double bound = 1 / Math.sqrt(spec.hiddenSize()); // as PyTorch draws weights
      StackFixture fixture = new StackFixture(spec, shape, 11, bound);
      if (!hasStates) {
        fixture.variables.remove("h0");
        fixture.variables.remove("c0");
      }
      return fixture;
    }

    Case in(Precision precision) {
      return new Case(spec.withPrecision(precision), shape, hasStates);
    }

    @Override
    public String toString() {
      return spec + ", " + shape + (hasStates ? "" : ", no initial states");
    }
  }

  private static List<RecurrentSpec> cells(int units) {
    return List.of(
        RecurrentSpec.lstm(INPUTS, units),
        RecurrentSpec.gru(INPUTS, units),
        RecurrentSpec.rnn(INPUTS, units),
        RecurrentSpec.rnn(INPUTS, units).withActivation(Activation.RELU));
  }

  private static List<Case> cases(Precision precision) {
    List<Case> cases = new ArrayList<>();
    for (int units : UNITS) {
      for (RecurrentSpec cell : cells(units)) {
        RecurrentSpec spec = cell.withPrecision(precision);
        cases.add(new Case(spec, PackedShape.of(2, 3, 0, 1), true));
        if (units <= 33) {
          RecurrentSpec deep = spec.withNumLayers(2).withBidirectional(true).withDropout(0.3);
          cases.add(new Case(deep, PackedShape.of(4, 2, 6), true));
          cases.add(new Case(spec.withBidirectional(true), PackedShape.dense(3, 2), false));
        }
        if (units == 130) {
          cases.add(new Case(spec.withBidirectional(true), PackedShape.of(1, 2), false));
        }
      }
    }
    for (RecurrentSpec cell : cells(mostUnits(precision))) {
      RecurrentSpec spec = cell.withPrecision(precision).withBidirectional(true);
      cases.add(new Case(spec, PackedShape.of(1, 3), true)); // one direction after the other
    }
    for (RecurrentSpec cell : cells(17)) {
      RecurrentSpec spec = cell.withPrecision(precision);
      cases.add(new Case(spec, PackedShape.of(0, 0), true));
      cases.add(new Case(spec, PackedShape.dense(1, 1), true));
      cases.add(new Case(spec.withBias(false), PackedShape.dense(2, 41), true)); // some groups
      cases.add(new Case(spec.withNumLayers(3), PackedShape.dense(5, 9), false));
    }
    return cases;
  }

  private static final List<Precision> PRECISIONS =
      List.of(Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16);

  @TestFactory
  Stream<DynamicTest> equalsTheReferenceInClustersAndThroughMemory() {
    return PRECISIONS.stream()
        .map(
            precision ->
                DynamicTest.dynamicTest(
                    precision.name(),
                    () -> {
                      try (Device inOrder = open("cuda-emulated");
                          Device reversed = open("cuda-emulated-reversed")) {
                        compare(precision, inOrder, reversed);
                      }
                    }));
  }

  private static Device open(String name) {
    return open(name, DeviceOptions.DEFAULT);
  }

  private static Device open(String name, DeviceOptions options) {
    DeviceProvider provider = TestDevices.provider(name);
    String why = provider.whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    return provider.open(0, options);
  }

  /** Stacks whose batches are cut into several chunks of time. */
  private static List<Case> longCases(Precision precision) {
    List<Case> cases = new ArrayList<>();
    for (RecurrentSpec cell : cells(33)) {
      RecurrentSpec spec = cell.withPrecision(precision);
      cases.add(new Case(spec, PackedShape.of(20, 3, 0, 17), true));
      cases.add(new Case(spec.withBias(false), PackedShape.dense(9, 2), false));
      RecurrentSpec deep = spec.withNumLayers(3).withDropout(0.3);
      cases.add(new Case(deep, PackedShape.of(4, 19, 17), true));
      RecurrentSpec both = spec.withNumLayers(2).withBidirectional(true).withDropout(0.3);
      cases.add(new Case(both, PackedShape.of(4, 2, 18), true));
      cases.add(new Case(spec, PackedShape.of(0, 0), true));
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReferenceWhenGatesAreComputedAgain() {
    DeviceOptions options = DeviceOptions.DEFAULT.withRecompute(true);
    return PRECISIONS.stream()
        .map(
            precision ->
                DynamicTest.dynamicTest(
                    precision.name(),
                    () -> {
                      try (Device inOrder = open("cuda-emulated", options);
                          Device reversed = open("cuda-emulated-reversed", options)) {
                        compareLong(precision, inOrder, reversed);
                      }
                    }));
  }

  /** Runs those cases, as {@link #compare(Precision, Device, Device)} does. */
  static void compareLong(Precision precision, Device device, Device other) {
    compare(longCases(precision), device, other);
  }

  /** Sizes that take a whole GPU, for which emulated ones are too small. */
  static void compareLarge(Precision precision, Device device) {
    List<Case> cases = new ArrayList<>();
    for (int units : List.of(256, 512, 768, 1024)) {
      for (RecurrentSpec cell : cells(units).subList(0, 2)) {
        RecurrentSpec spec = cell.withPrecision(precision);
        cases.add(new Case(spec, PackedShape.of(3, 1, 2, 3, 3, 2, 3, 3, 3, 3, 3), true));
        cases.add(new Case(spec.withBidirectional(true), PackedShape.dense(2, 17), false));
      }
    }
    compare(cases, device, device);
  }

  /**
   * Runs all cases, each twice with the same bits.
   *
   * @param other gives the same bits, but of gradients, whose sums are in another order where
   *     groups of one device are clusters and those of the other hand over through memory; it may
   *     be the same device
   */
  static void compare(Precision precision, Device device, Device other) {
    compare(cases(precision), device, other);
  }

  private static void compare(List<Case> cases, Device device, Device other) {
    try (Device reference = Devices.open("reference")) {
      for (Case c : cases) {
        assertEquals(null, device.whyNotFused(c.spec, PlanCapacity.of(c.shape)), c::toString);
        StackFixture fixture = c.fixture();
        StackFixture exact = c.in(Precision.FP64).fixture();
        for (boolean training : new boolean[] {true, false}) {
          Map<String, double[]> truth = exact.run(reference, PlanChoice.STEPWISE, training);
          Map<String, double[]> got = fixture.run(device, PlanChoice.FUSED, training);
          requireNear(c, truth, got);
          requireNear(c, fixture.run(device, PlanChoice.STEPWISE, training), got);
          requireEqual(c, got, fixture.run(device, PlanChoice.FUSED, training));
          if (other != device) {
            Map<String, double[]> gotThere = fixture.run(other, PlanChoice.FUSED, training);
            requireNear(c, truth, gotThere);
            got.keySet().removeIf(name -> name.startsWith("grad."));
            requireEqual(c, got, gotThere);
          }
        }
        Products apart = Products.ROW_INVARIANT; // for which kernels multiply the inputs too
        Map<String, double[]> got = fixture.run(device, PlanChoice.FUSED, false, apart);
        requireNear(c, exact.run(reference, PlanChoice.STEPWISE, false), got);
        requireEqual(c, got, fixture.run(other, PlanChoice.FUSED, false, apart));
      }
    }
  }

  private static void requireNear(
      Case c, Map<String, double[]> expected, Map<String, double[]> got) {
    assertEquals(expected.keySet(), got.keySet());
    expected.forEach(
        (name, truth) -> {
          double error = PrecisionTest.normalised(truth, got.get(name));
          assertTrue(
              error <= tolerance(c.spec, name), () -> name + " of " + c + ": error " + error);
        });
  }

  private static double tolerance(RecurrentSpec spec, String name) {
    double usual = PrecisionTest.mostOf(spec.precision());
    if (spec.activation().equals(Activation.RELU) && name.startsWith("grad.")) {
      return 0.05; // at the kink, rounding decides between two slopes
    }
    return spec.hiddenSize() == 1 ? 100 * usual : usual; // few numbers, which nearly cancel
  }

  private static void requireEqual(
      Case c, Map<String, double[]> expected, Map<String, double[]> got) {
    expected.forEach(
        (name, values) -> assertArrayEquals(values, got.get(name), () -> name + " of " + c));
  }
}
