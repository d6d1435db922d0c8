package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.onnx.Computing;
import io.carousel.io.onnx.OnnxProgram;
import io.carousel.io.onnx.OnnxTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeatOnnxTest {
  @TempDir Path folder;

  @Test
  void allMembersAsOneGraphGiveTheSameProbabilities() throws IOException {
    BeatClassifierSettings settings =
        new BeatClassifierSettings(3, 8, 2, 0.2, 0, 10, 32, 8, 1e-2, 0.01, 10, 0.5, 8, 1, 1);
    Path file = folder.resolve("beats.onnx");
    try (Device device = Devices.open("cpu");
        BeatEnsemble ensemble = new BeatEnsemble(settings, device)) {
      ensemble.onnx().write("beats", file);
      int beats = 9;
      float[] features = new float[beats * BeatFeatures.COUNT];
      Random random = new Random(4);
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) random.nextGaussian();
      }
      double[][] expected = ensemble.probabilities(features);
      OnnxTensor input = OnnxTensor.floats(features, beats, 1, BeatFeatures.COUNT);
      OnnxTensor output =
          OnnxProgram.read(file)
              .run(Map.of("input", input), Computing.on(device))
              .outputs()
              .get("output");
      for (int i = 0; i < output.size(); i++) {
        double p = expected[i / BeatEnsemble.CLASSES][i % BeatEnsemble.CLASSES];
        assertEquals(p, output.values()[i], 1e-6);
      }
    }
  }
}
