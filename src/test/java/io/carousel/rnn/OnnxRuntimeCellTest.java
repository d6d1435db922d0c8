package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OrtException;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.SomeActivations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cells with options on every device against the operators of ONNX Runtime. */
class OnnxRuntimeCellTest {
  private static final double TOLERANCE = 1e-5;
  private static final int[] LENGTHS = {2, 4, 3};
  private static final PackedShape SHAPE = PackedShape.of(LENGTHS);

  static List<RecurrentSpec> specs() {
    List<RecurrentSpec> specs = new ArrayList<>();
    RecurrentSpec lstm = RecurrentSpec.lstm(2, 3).withBidirectional(true);
    RecurrentSpec gru = RecurrentSpec.gru(2, 3).withBidirectional(true);
    RecurrentSpec rnn = RecurrentSpec.rnn(2, 3).withBidirectional(true);
    RecurrentSpec peephole = lstm.withPeephole(true);
    RecurrentSpec coupled = peephole.withCoupledInputForget(true);
    for (Activation f : SomeActivations.clippedToo(0.8)) {
      if (f.kind() == Activation.Kind.IDENTITY) {
        continue; // ONNX has Affine for it
      }
      Activation sigmoid = Activation.SIGMOID.withClip(f.clip());
      Activation tanh = Activation.TANH.withClip(f.clip());
      specs.add(rnn.withActivation(f));
      specs.add(gru.withGateActivation(f).withActivation(tanh));
      specs.add(gru.withGateActivation(sigmoid).withActivation(f).withResetAfter(false));
      specs.add(withOutput(peephole.withGateActivation(f).withActivation(tanh), Activation.TANH));
      specs.add(withOutput(lstm.withGateActivation(sigmoid).withActivation(f), f.withClip(0)));
    }
    for (Activation f : List.of(Activation.SIGMOID, Activation.HARD_SIGMOID)) {
      specs.add(coupled.withGateActivation(f));
      Activation clipped = f.withClip(0.8);
      RecurrentSpec cell = coupled.withGateActivation(clipped);
      specs.add(withOutput(cell.withActivation(Activation.TANH.withClip(0.8)), Activation.TANH));
    }
    return specs;
  }

  private static RecurrentSpec withOutput(RecurrentSpec spec, Activation f) {
    return spec.withCellOutputActivation(f);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void agreesWithOnnxRuntime(String name) throws OrtException {
    try (Device device = Devices.open(name)) {
      for (RecurrentSpec spec : specs()) {
        StackFixture fixture = new StackFixture(spec, SHAPE, 11, 1);
        Map<String, double[]> expected = new OnnxCell(fixture).run();
        Map<String, double[]> computed = fixture.run(device, PlanChoice.AUTO, false);
        expected.forEach(
            (output, values) -> {
              double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
              double allowed = TOLERANCE * Math.max(1, largest); // some states grow
              assertArrayEquals(
                  values, computed.get(output), allowed, () -> output + " of " + spec);
            });
      }
    }
  }
}
