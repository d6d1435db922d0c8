package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.ForecastWindows;
import io.carousel.data.IndexRange;
import io.carousel.data.SequenceBatch;
import io.carousel.data.Series;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.optim.Adam;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cells as imports bring them: trained, saved, loaded. */
class CellOptionTrainingTest {
  @TempDir Path folder;

  static Stream<RecurrentLayer.Builder<?, ?>> stacks() {
    Activation hard = Activation.HARD_SIGMOID;
    return Stream.of(
        Lstm.builder(1, 8).peephole(true).layers(2).bidirectional(true),
        Lstm.builder(1, 8).peephole(true).cellClip(0.3),
        Lstm.builder(1, 8)
            .peephole(true)
            .coupledInputForget(true)
            .gateActivation(hard.withClip(1))
            .activation(Activation.TANH.withClip(1))
            .cellOutputActivation(Activation.SOFTSIGN),
        Gru.builder(1, 8).resetAfter(false).gateActivation(hard),
        Gru.builder(1, 8).activation(Activation.elu(1).withClip(2)),
        Rnn.builder(1, 8).activation(Activation.scaledTanh(1.7, 0.6)));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void learnsAndIsTheSameAfterLoading(RecurrentLayer.Builder<?, ?> stack) throws IOException {
    float[] wave = new float[700];
    for (int t = 0; t < wave.length; t++) {
      wave[t] = (float) (Math.sin(t / 5.0) * Math.sin(t / 40.0));
    }
    Series series = new Series("wave", wave);
    ForecastWindows train = ForecastWindows.everyStep(series, new IndexRange(0, 560), 20, 2, 10);
    ForecastWindows validation =
        ForecastWindows.everyStep(series, new IndexRange(560, 700), 20, 2, 10);
    SequenceBatch batch = validation.batch(new int[] {0, 1, 2});
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open("cpu");
        SequenceModel model = SequenceModel.around(stack).head(1).build(device, 3)) {
      List<double[]> before = weights(model);
      TrainingResult result =
          SequenceTrainer.meanSquaredError(model, new Adam(model.parameters(), 0.02))
              .epochs(8)
              .batchSize(8)
              .fit(train, validation);
      double first = result.history().get(0).validationLoss();
      assertTrue(result.bestLoss() < 0.7 * first, () -> first + " to " + result.bestLoss());
      List<double[]> after = weights(model);
      for (int i = 0; i < before.size(); i++) {
        assertFalse(Arrays.equals(before.get(i), after.get(i)), "parameter " + i);
      }
      SequenceModelFile.save(model, file);
      try (SequenceModel loaded = SequenceModelFile.load(file, device)) {
        assertEquals(model.spec(), loaded.spec());
        assertArrayEquals(model.predict(batch), loaded.predict(batch));
      }
    }
  }

  private static List<double[]> weights(SequenceModel model) {
    List<double[]> weights = new ArrayList<>();
    model.parameters().forEach(p -> weights.add(p.download(model.queue())));
    return weights;
  }
}
