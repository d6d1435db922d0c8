package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StackFixture;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * How far each precision is from the reference device: no further than the format lets one expect,
 * and no nearer either, for then something else would have been computed.
 */
class PrecisionTest {
  private static final PackedShape SHAPE = PackedShape.of(24, 24, 20, 24, 11, 24, 0, 24);

  /** Normalised squared errors, smallest and largest allowed. */
  private record Range(double least, double most) {}

  private static final Map<Precision, Range> EXPECTED = new EnumMap<>(Precision.class);

  static {
    EXPECTED.put(Precision.FP32, new Range(0, 1e-11));
    EXPECTED.put(Precision.TF32, new Range(1e-9, 1e-5));
    EXPECTED.put(Precision.FP16, new Range(1e-9, 1e-5));
    EXPECTED.put(Precision.BF16, new Range(1e-7, 1e-3));
  }

  /** The largest normalised squared error that a tensor may have. */
  static double mostOf(Precision precision) {
    return EXPECTED.get(precision).most;
  }

  private static Map<String, RecurrentSpec> stacks() {
    Map<String, RecurrentSpec> stacks = new LinkedHashMap<>();
    stacks.put("RNN", RecurrentSpec.rnn(32, 64));
    stacks.put("LSTM", RecurrentSpec.lstm(32, 64));
    stacks.put("LSTM, projection", RecurrentSpec.lstm(32, 64).withProjSize(24));
    stacks.put("LSTM, peepholes", RecurrentSpec.lstm(32, 64).withPeephole(true));
    stacks.put("GRU", RecurrentSpec.gru(32, 64));
    stacks.put("GRU, reset before", RecurrentSpec.gru(32, 64).withResetAfter(false));
    stacks.put(
        "LSTM, 2 layers, both directions",
        RecurrentSpec.lstm(32, 33).withNumLayers(2).withBidirectional(true).withDropout(0.2));
    return stacks;
  }

  /** The largest errors of a stack: of what forward gives, and of gradients. */
  private record Errors(double forward, double backward) {}

  private static Errors errors(
      Device reference, Device device, RecurrentSpec spec, Precision p, PlanChoice plan) {
    double bound = 1 / Math.sqrt(spec.hiddenSize()); // as PyTorch draws weights
    Map<String, double[]> truth =
        new StackFixture(spec, SHAPE, 4, bound).run(reference, PlanChoice.STEPWISE);
    Map<String, double[]> got =
        new StackFixture(spec.withPrecision(p), SHAPE, 4, bound).run(device, plan);
    double forward = 0;
    double backward = 0;
    for (Map.Entry<String, double[]> entry : truth.entrySet()) {
      double error = normalised(entry.getValue(), got.get(entry.getKey()));
      if (entry.getKey().startsWith("grad.")) {
        backward = Math.max(backward, error);
      } else {
        forward = Math.max(forward, error);
      }
    }
    return new Errors(forward, backward);
  }

  /** Normalised squared error. */
  static double normalised(double[] truth, double[] values) {
    double error = 0;
    double scale = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (values[i] - truth[i]) * (values[i] - truth[i]);
      scale += truth[i] * truth[i];
    }
    return error == 0 ? 0 : error / scale;
  }

  @TestFactory
  Stream<DynamicTest> errorsAreThoseOfTheFormat() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : providers()) {
      if (!provider.name().equals("reference") && provider.whyUnavailable() == null) {
        tests.add(DynamicTest.dynamicTest(provider.name(), () -> check(provider)));
      }
    }
    return tests.stream();
  }

  /** The devices at hand; a subclass takes a real GPU. */
  List<DeviceProvider> providers() {
    return Devices.providers().stream().filter(p -> !p.name().equals("cuda")).toList();
  }

  private static void check(DeviceProvider provider) {
    try (Device reference = Devices.open("reference");
        Device device = provider.open(0, DeviceOptions.DEFAULT)) {
      EXPECTED.forEach(
          (precision, range) -> {
            if (device.supports(precision)) {
              stacks()
                  .forEach(
                      (name, spec) -> {
                        for (PlanChoice plan : plans(device, spec.withPrecision(precision))) {
                          Errors e = errors(reference, device, spec, precision, plan);
                          String what = precision + ", " + name + ", " + plan + ": " + e;
                          double most = Math.max(e.forward, e.backward);
                          assertTrue(most <= range.most, what);
                          assertTrue(Math.min(e.forward, e.backward) >= range.least, what);
                        }
                      });
            }
          });
    }
  }

  private static List<PlanChoice> plans(Device device, RecurrentSpec spec) {
    return device.whyNotFused(spec, PlanCapacity.of(SHAPE)) == null
        ? List.of(PlanChoice.STEPWISE, PlanChoice.FUSED)
        : List.of(PlanChoice.STEPWISE);
  }

  /**
   * Prints the error table of the documentation.
   *
   * @param args the device, such as {@code cuda:0}, and the plan, stepwise unless given
   */
  public static void main(String[] args) {
    PlanChoice plan = args.length > 1 ? PlanChoice.valueOf(args[1]) : PlanChoice.STEPWISE;
    try (Device reference = Devices.open("reference");
        Device device = Devices.open(args[0])) {
      System.out.println("| stack | " + String.join(" | ", names(device)) + " |");
      stacks()
          .forEach(
              (name, spec) -> {
                StringBuilder row = new StringBuilder("| ").append(name);
                for (Precision p : EXPECTED.keySet()) {
                  if (!device.supports(p)) {
                    continue;
                  }
                  if (!plans(device, spec.withPrecision(p)).contains(plan)) {
                    row.append(" | -");
                  } else {
                    Errors e = errors(reference, device, spec, p, plan);
                    row.append(String.format(Locale.ROOT, " | %.1e / %.1e", e.forward, e.backward));
                  }
                }
                System.out.println(row.append(" |"));
              });
    }
  }

  private static List<String> names(Device device) {
    return EXPECTED.keySet().stream().filter(device::supports).map(Enum::name).toList();
  }
}
