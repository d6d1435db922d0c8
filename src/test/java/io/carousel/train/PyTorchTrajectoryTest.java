package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.PackedShape;
import io.carousel.optim.Adam;
import io.carousel.optim.Optimizer;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Twenty training steps of a character model, step by step as PyTorch made them: truncated BPTT,
 * clipping, SGD and Adam.
 */
class PyTorchTrajectoryTest {
  @ParameterizedTest
  @CsvSource({
    "train_lstm_sgd, reference",
    "train_gru_adam, reference",
    "train_lstm_sgd, cpu",
    "train_gru_adam, cpu"
  })
  void stepsEqualPyTorchs(String name, String deviceName) throws Exception {
    JsonNode file =
        new ObjectMapper()
            .readTree(TestData.require("pytorch-reference").resolve(name + ".json").toFile());
    int hidden = file.get("hidden").asInt();
    int vocabulary = file.get("vocab").size();
    RecurrentLayer.Builder<?, ?> cell =
        file.get("cell").asText().equals("LSTM")
            ? Lstm.builder(hidden, hidden)
            : Gru.builder(hidden, hidden);
    try (Device device = TestData.openOrSkip(deviceName);
        SequenceModel model =
            SequenceModel.around(cell).embedding(vocabulary).head(vocabulary).build(device, 1);
        SequenceObjective objective = SequenceObjective.crossEntropy(model)) {
      boolean exact = device.realType() == ElementType.F64;
      file.get("initial_params")
          .properties()
          .forEach(
              e ->
                  model
                      .parameters()
                      .get(e.getKey())
                      .upload(model.queue(), doubles(e.getValue().get("data"))));
      double rate = file.get("optimizer_args").get("lr").asDouble();
      Optimizer optimizer =
          file.get("optimizer").asText().equals("sgd")
              ? new Sgd(model.parameters(), rate)
              : new Adam(model.parameters(), rate);
      TrainerSettings settings =
          new TrainerSettings().clipNorm(file.get("clip_grad_norm").asDouble());
      try (Trainer<SequenceBatch> trainer = new Trainer<>(objective, optimizer, settings)) {
        double[] losses = doubles(file.get("losses"));
        double[] norms = doubles(file.get("grad_norms_before_clip"));
        for (int step = 0; step < losses.length; step++) {
          double loss = trainer.step(List.of(batch(file, step)));
          assertEquals(losses[step], loss, exact ? 1e-9 : 1e-4, "loss of step " + step);
          double norm = trainer.gradientNorm();
          assertEquals(norms[step], norm, exact ? 1e-8 : 1e-4, "gradient norm of step " + step);
        }
      }
      file.get("final_params")
          .properties()
          .forEach(
              e -> {
                double[] expected = doubles(e.getValue().get("data"));
                double[] actual = model.parameters().get(e.getKey()).download(model.queue());
                for (int i = 0; i < expected.length; i++) {
                  double error =
                      Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
                  assertTrue(error <= (exact ? 1e-8 : 1e-4), e.getKey() + "[" + i + "] " + error);
                }
              });
    }
  }

  private static SequenceBatch batch(JsonNode file, int step) {
    int bptt = file.get("bptt").asInt();
    int batch = file.get("batch").asInt();
    PackedShape shape = PackedShape.dense(bptt, batch);
    return SequenceBatch.ofIds(shape, ids(file.get("x_ids"), step * bptt, bptt))
        .withLabels(true, ids(file.get("y_ids"), step * bptt, bptt))
        .withCarry(step == 0 ? SequenceBatch.Carry.START : SequenceBatch.Carry.CONTINUE);
  }

  private static int[] ids(JsonNode rows, int first, int count) {
    List<Integer> ids = new ArrayList<>();
    for (int t = first; t < first + count; t++) {
      rows.get(t).forEach(id -> ids.add(id.asInt()));
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
