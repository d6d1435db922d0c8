package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.RealGpu;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StackFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In strict FP32 a GPU gives what the CPU gives, outputs and every gradient. */
@Tag("gpu")
class GpuParityTest {
  /** Normalised squared error per tensor. */
  private static final double TOLERANCE = 1e-10;

  private static final List<RecurrentSpec> STACKS =
      List.of(
          RecurrentSpec.rnn(48, 200),
          RecurrentSpec.lstm(48, 200).withNumLayers(2).withBidirectional(true),
          RecurrentSpec.lstm(48, 200).withProjSize(72).withPeephole(true),
          RecurrentSpec.gru(48, 200).withNumLayers(2).withDropout(0.2),
          RecurrentSpec.gru(48, 200).withResetAfter(false));

  private static final List<PackedShape> SHAPES =
      List.of(PackedShape.dense(60, 32), PackedShape.of(60, 3, 41, 0, 59, 17, 60));

  @Test
  void outputsAndGradientsAgree() {
    try (Device gpu = RealGpu.open();
        Device cpu = Devices.open("cpu")) {
      for (RecurrentSpec spec : STACKS) {
        for (PackedShape shape : SHAPES) {
          double bound = 1 / Math.sqrt(spec.hiddenSize()); // as PyTorch draws weights
          StackFixture fixture = new StackFixture(spec, shape, 3, bound);
          Map<String, double[]> expected = fixture.run(cpu, PlanChoice.STEPWISE);
          Map<String, double[]> got = fixture.run(gpu, PlanChoice.STEPWISE);
          expected.forEach(
              (name, truth) -> {
                double error = normalised(truth, got.get(name));
                assertTrue(error <= TOLERANCE, name + " of " + spec + ", " + shape + ": " + error);
              });
        }
      }
    }
  }

  private static double normalised(double[] truth, double[] values) {
    double error = 0;
    double scale = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (values[i] - truth[i]) * (values[i] - truth[i]);
      scale += truth[i] * truth[i];
    }
    return error == 0 ? 0 : error / scale;
  }
}
