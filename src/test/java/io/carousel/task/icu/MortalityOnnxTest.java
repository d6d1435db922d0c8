package io.carousel.task.icu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.io.onnx.Computing;
import io.carousel.io.onnx.OnnxProgram;
import io.carousel.io.onnx.OnnxTensor;
import io.carousel.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MortalityOnnxTest {
  private static final int STEPS = 5;
  private static final int STAYS = 3;

  @TempDir Path folder;

  @Test
  void allMembersAsOneGraphGiveTheSameRisk() throws IOException {
    Path file = folder.resolve("icu.onnx");
    Random random = new Random(4);
    try (Device device = Devices.open("cpu");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 6, 3, false, 0.1, 0.1), device, 1)) {
      for (Parameter p : net.parameters()) { // some start as zeros
        double[] values = random.doubles(p.size(), -0.3, 0.3).toArray();
        p.upload(net.queue(), values);
      }
      net.onnx().write("icu", file);
      float[] x = new float[STEPS * STAYS * StayFeatures.COUNT];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      double[] mean = new double[STEPS * STAYS];
      SequenceBatch batch =
          SequenceBatch.ofFeatures(PackedShape.dense(STEPS, STAYS), StayFeatures.COUNT, x);
      for (int m = 0; m < 3; m++) {
        Matrix logits = net.infer(m, batch);
        double[] values = new double[mean.length];
        net.queue().download(logits, values, 0);
        net.pool().release(logits);
        for (int i = 0; i < mean.length; i++) {
          mean[i] += values[i] / 3;
        }
      }
      OnnxTensor input = OnnxTensor.floats(x, STEPS, STAYS, StayFeatures.COUNT);
      OnnxTensor output =
          OnnxProgram.read(file)
              .run(Map.of("input", input), Computing.on(device))
              .outputs()
              .get("output");
      for (int i = 0; i < mean.length; i++) {
        assertEquals(1 / (1 + Math.exp(-mean[i])), output.values()[i], 1e-5);
      }
    }
  }

  @Test
  void decayIsRefused() {
    try (Device device = Devices.open("cpu");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 6, 1, true, 0, 0), device, 1)) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, net::onnx);
      assertEquals(
          "a model with decay is not exported: ONNX's GRU has no state that fades between steps",
          e.getMessage());
    }
  }
}
