package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.nn.Embedding;
import io.carousel.nn.Linear;
import io.carousel.optim.Adam;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers of Keras, under the names of its versions, against its formulas. */
class KerasImportTest {
  private static final int T = 5;

  @TempDir Path folder;
  private final Random random = new Random(7);

  private Path write(SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve("keras.safetensors");
    writer.write(file);
    return file;
  }

  private static void add(
      SafetensorsWriter writer, String before, KerasOracle layer, String after) {
    layer
        .weights()
        .forEach((name, values) -> writer.add(before + name + after, values, layer.shape(name)));
  }

  private static RecurrentLayer.Builder<?, ?> load(
      String cell, SafetensorsFile tensors, String... layers) throws IOException {
    return switch (cell) {
      case "lstm" -> KerasWeights.lstm(tensors, layers);
      case "gru" -> KerasWeights.gru(tensors, layers);
      default -> KerasWeights.simpleRnn(tensors, layers);
    };
  }

  private double[][] input(int features) {
    double[][] steps = new double[T][];
    for (int t = 0; t < T; t++) {
      steps[t] = random.doubles(features, -1, 1).map(x -> (float) x).toArray();
    }
    return steps;
  }

  private static double[][] reversed(double[][] steps) {
    double[][] turned = new double[steps.length][];
    for (int t = 0; t < steps.length; t++) {
      turned[t] = steps[steps.length - 1 - t];
    }
    return turned;
  }

  private static double[][] beside(double[][] left, double[][] right) {
    double[][] both = new double[left.length][left[0].length + right[0].length];
    for (int t = 0; t < left.length; t++) {
      System.arraycopy(left[t], 0, both[t], 0, left[t].length);
      System.arraycopy(right[t], 0, both[t], left[t].length, right[t].length);
    }
    return both;
  }

  private static SequenceBatch batch(double[][] steps) {
    int features = steps[0].length;
    float[] values = new float[steps.length * features];
    for (int t = 0; t < steps.length; t++) {
      for (int i = 0; i < features; i++) {
        values[t * features + i] = (float) steps[t][i];
      }
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(steps.length, 1), features, values);
  }

  private static void assertOutputs(
      double[][] expected, RecurrentLayer.Builder<?, ?> stack, SequenceBatch batch) {
    try (Device device = Devices.open("reference");
        SequenceModel model =
            SequenceModel.around(stack)
                .head(KerasCase.identity(stack.spec().outputSize()))
                .build(device, 1)) {
      float[] outputs = model.predict(batch);
      for (int t = 0; t < expected.length; t++) {
        for (int i = 0; i < expected[t].length; i++) {
          assertEquals(expected[t][i], outputs[t * expected[t].length + i], 1e-7, t + ", " + i);
        }
      }
    }
  }

  /** Two layers under the names of Keras 3, Keras 2 and Keras before it had cells. */
  @ParameterizedTest
  @CsvSource({
    "lstm, 1, sequential/lstm, sequential/lstm_1, lstm_cell/, ''",
    "lstm, 0, lstm, lstm_1, lstm_cell/, :0",
    "gru, 2, gru, gru_1, gru_cell/, :0",
    "gru, 1, gru_1, gru_2, '', :0",
    "gru, 0, functional/gru, functional/gru_1, gru_cell/, ''",
    "simple_rnn, 1, simple_rnn, simple_rnn_1, simple_rnn_cell/, ''",
  })
  void twoLayersAreAStack(
      String cell, int biasRows, String first, String second, String inner, String after)
      throws IOException {
    KerasOracle lower = new KerasOracle(cell, 3, 4, biasRows, random);
    KerasOracle upper = new KerasOracle(cell, 4, 4, biasRows, random);
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, first + "/" + inner, lower, after);
    add(writer, second + "/" + inner, upper, after);
    writer.add("lstm_10/lstm_cell/kernel", new float[2], 1, 2); // not of lstm_1
    double[][] input = input(3);
    try (SafetensorsFile tensors = SafetensorsFile.open(write(writer))) {
      RecurrentLayer.Builder<?, ?> stack = load(cell, tensors, first, second);
      assertEquals(biasRows > 0, stack.spec().bias());
      assertEquals(!cell.equals("gru") || biasRows != 1, stack.spec().resetAfter());
      assertOutputs(upper.run(lower.run(input)), stack, batch(input));
    }
  }

  @ParameterizedTest
  @CsvSource({"lstm, 1, lstm_cell/, lstm_cell_1/, :0", "gru, 2, gru_cell/, gru_cell/, ''"})
  void wrappersHaveBothDirections(
      String cell, int biasRows, String innerForward, String innerBackward, String after)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    double[][] input = input(3);
    double[][] outputs = input;
    for (String layer : new String[] {"bidirectional", "bidirectional_1"}) {
      int in = outputs[0].length;
      KerasOracle forward = new KerasOracle(cell, in, 2, biasRows, random);
      KerasOracle backward = new KerasOracle(cell, in, 2, biasRows, random);
      add(writer, layer + "/forward_" + cell + "/" + innerForward, forward, after);
      add(writer, layer + "/backward_" + cell + "/" + innerBackward, backward, after);
      outputs = beside(forward.run(outputs), reversed(backward.run(reversed(outputs))));
    }
    try (SafetensorsFile tensors = SafetensorsFile.open(write(writer))) {
      assertOutputs(outputs, load(cell, tensors, "bidirectional", "bidirectional_1"), batch(input));
    }
  }

  @Test
  void backwardLayersTakeReversedBatches() throws IOException {
    KerasOracle layer = new KerasOracle("lstm", 2, 3, 1, random);
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, "lstm/lstm_cell/", layer, "");
    double[][] input = input(2);
    try (SafetensorsFile tensors = SafetensorsFile.open(write(writer))) {
      assertOutputs(
          layer.run(reversed(input)), KerasWeights.lstm(tensors, "lstm"), batch(input).reversed());
    }
  }

  @Test
  void eachSequenceIsReversedWithinItsLength() {
    PackedShape shape = PackedShape.of(3, 1, 0, 2);
    float[] features = new float[24];
    int[] ids = new int[12];
    for (int i = 0; i < 24; i++) {
      features[i] = i;
      ids[i / 2] = i / 2;
    }
    float[] turned = SequenceBatch.ofFeatures(shape, 2, features).reversed().features();
    assertArrayEquals(new float[] {16, 17, 2, 3, 4, 5, 14, 15}, first(turned, 8));
    int[] turnedIds = SequenceBatch.ofIds(shape, ids).reversed().ids();
    assertArrayEquals(new int[] {8, 1, 2, 7, 4, 5, 6, 3, 0, 9, 10, 11}, turnedIds);
  }

  private static float[] first(float[] values, int count) {
    return Arrays.copyOf(values, count);
  }

  /** An imported model is one of ours: it learns, and its file gives it back. */
  @Test
  void wholeModels() throws IOException {
    KerasOracle layer = new KerasOracle("gru", 2, 3, 2, random);
    double[] table = random.doubles(10, -1, 1).toArray();
    double[] dense = random.doubles(12, -1, 1).toArray();
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("embedding/embeddings:0", table, 5, 2);
    add(writer, "gru/gru_cell/", layer, ":0");
    writer.add("dense/kernel:0", dense, 3, 4);
    writer.add("dense/bias:0", new double[] {1, 2, 3, 4}, 4);
    int[] ids = {4, 0, 1};
    double[][] steps = new double[3][];
    for (int t = 0; t < 3; t++) {
      steps[t] = new double[] {table[2 * ids[t]], table[2 * ids[t] + 1]};
    }
    double[] h = layer.run(steps)[2];
    try (SafetensorsFile tensors = SafetensorsFile.open(write(writer));
        Device device = Devices.open("reference");
        SequenceModel model =
            SequenceModel.around(KerasWeights.gru(tensors, "gru"))
                .embedding(KerasWeights.embedding(tensors, "embedding"))
                .head(KerasWeights.dense(tensors, "dense"))
                .readout(Readout.LAST_STATE)
                .build(device, 1)) {
      float[] logits = model.predict(SequenceBatch.ofIds(PackedShape.dense(3, 1), ids));
      for (int k = 0; k < 4; k++) {
        double expected = 1 + k;
        for (int u = 0; u < 3; u++) {
          expected += h[u] * dense[u * 4 + k];
        }
        assertEquals(expected, logits[k], 1e-6, "logit " + k);
      }
      assertLearnsSavesLoads(model, ids);
    }
  }

  private void assertLearnsSavesLoads(SequenceModel model, int[] ids) throws IOException {
    SequenceBatch batch =
        SequenceBatch.ofIds(PackedShape.dense(3, 1), ids).withLabels(false, new int[] {2});
    try (SequenceObjective objective = SequenceObjective.crossEntropy(model);
        Trainer<SequenceBatch> steps =
            new Trainer<>(objective, new Adam(model.parameters(), 0.05), new TrainerSettings())) {
      double first = steps.step(List.of(batch));
      double last = first;
      for (int step = 0; step < 20; step++) {
        last = steps.step(List.of(batch));
      }
      assertTrue(last < first / 2, "loss " + first + " to " + last);
    }
    Path saved = folder.resolve("trained.safetensors");
    SequenceModelFile.save(model, saved);
    try (SequenceModel loaded = SequenceModelFile.load(saved, model.queue().device())) {
      assertArrayEquals(model.predict(batch), loaded.predict(batch));
    }
  }

  @Test
  void wrongTensorsAreListedByName() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("lstm/lstm_cell/kernel", new float[24], 2, 12);
    writer.add("lstm/lstm_cell/recurrent_kernel", new float[36], 3, 12);
    writer.add("lstm/lstm_cell/bias", new float[6], 6);
    writer.add("lstm/lstm_cell/scale", new float[6], 6);
    writer.add("lstm_1/lstm_cell/kernel", new float[24], 2, 12);
    writer.add("dense/kernel", new float[6], 2, 3);
    Path file = write(writer);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      assertEquals(
          file
              + ": module 'lstm': LSTM of 2 inputs, 3 units: missing: none; unexpected:"
              + " 'lstm/lstm_cell/scale'; misshapen: 'lstm/lstm_cell/bias' is [6], expected [12]",
          Failures.message(ModelFormatException.class, () -> KerasWeights.lstm(tensors, "lstm")));
      assertEquals(
          file
              + ": module 'lstm_2': no recurrent layer, which has kernel and recurrent_kernel; the"
              + " file's are 'lstm'",
          Failures.message(ModelFormatException.class, () -> KerasWeights.lstm(tensors, "lstm_2")));
      String gru =
          Failures.message(ModelFormatException.class, () -> KerasWeights.gru(tensors, "lstm"));
      assertTrue(gru.contains("'lstm/lstm_cell/kernel' is [2, 12], expected [2, 9]"), gru);
      Linear.Weights dense = KerasWeights.dense(tensors, "dense");
      assertArrayEquals(new double[3], dense.bias());
      Failures.assertProblem(
          () -> KerasWeights.embedding(tensors, "dense"), file, "no tensor 'dense/embeddings'");
      assertFalse(tensors.names().isEmpty());
    }
  }

  @Test
  void tablesOfEmbeddings() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("m/embedding/embeddings", new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    try (SafetensorsFile tensors = SafetensorsFile.open(write(writer))) {
      Embedding.Weights table = KerasWeights.embedding(tensors, "m/embedding");
      assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, table.table());
    }
  }
}
