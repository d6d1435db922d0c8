package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.PackedShape;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SafetensorsWriter;
import io.carousel.io.StateDict;
import io.carousel.nn.Embedding;
import io.carousel.nn.Linear;
import io.carousel.optim.Adam;
import io.carousel.optim.Optimizer;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Twenty training steps of a character model, step by step as PyTorch made them: truncated BPTT,
 * clipping, SGD and Adam. The model comes from a {@code state_dict} and ends as one.
 */
class PyTorchTrajectoryTest {
  private static final Map<String, String> MODULES =
      Map.of("embedding", "table", "rnn", "decoder.rnn", "out", "decoder.classifier");

  @TempDir Path folder;

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
    try (Device device = TestData.openOrSkip(deviceName);
        SequenceModel model = load(stateDict(file.get("initial_params")), device);
        SequenceObjective objective = SequenceObjective.crossEntropy(model)) {
      boolean exact = device.realType() == ElementType.F64;
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
      Path trained = folder.resolve("trained.safetensors");
      StateDict.save(model, MODULES, trained);
      try (SafetensorsFile expected = SafetensorsFile.open(stateDict(file.get("final_params")));
          SafetensorsFile written = SafetensorsFile.open(trained)) {
        written.requireNames(expected.names());
        for (String tensor : expected.names()) {
          assertArrayEquals(expected.shape(tensor), written.shape(tensor), tensor);
          double[] theirs = expected.readDoubles(tensor);
          double[] ours = written.readDoubles(tensor);
          for (int i = 0; i < theirs.length; i++) {
            double error = Math.abs(ours[i] - theirs[i]) / Math.max(1, Math.abs(theirs[i]));
            assertTrue(error <= (exact ? 1e-8 : 1e-4), tensor + "[" + i + "] " + error);
          }
        }
      }
    }
  }

  /** The parameters of the file as a module of other names has them. */
  private Path stateDict(JsonNode parameters) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Map.Entry<String, JsonNode> parameter : parameters.properties()) {
      String name = parameter.getKey();
      int dot = name.indexOf('.');
      double[] shape = doubles(parameter.getValue().get("shape"));
      writer.add(
          MODULES.get(name.substring(0, dot)) + name.substring(dot),
          doubles(parameter.getValue().get("data")),
          Arrays.stream(shape).mapToLong(n -> (long) n).toArray());
    }
    Path file = folder.resolve("state-dict.safetensors");
    writer.write(file);
    return file;
  }

  private static SequenceModel load(Path stateDict, Device device) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(stateDict)) {
      boolean gru = tensors.shape("decoder.rnn.weight_hh_l0")[0] == 3 * 8;
      return SequenceModel.around(
              gru ? Gru.load(tensors, "decoder.rnn") : Lstm.load(tensors, "decoder.rnn"))
          .embedding(Embedding.load(tensors, "table"))
          .head(Linear.load(tensors, "decoder.classifier"))
          .build(device, 1);
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
