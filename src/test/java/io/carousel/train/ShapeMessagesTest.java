package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Transposition;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SafetensorsWriter;
import io.carousel.nn.Linear;
import io.carousel.nn.ParameterSet;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a user reads who brings wrong shapes: the layer, its axes, what was expected and what came.
 */
class ShapeMessagesTest {
  private static String message(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private static SequenceBatch features(int steps, int sequences, int count) {
    PackedShape shape = PackedShape.dense(steps, sequences);
    return SequenceBatch.ofFeatures(shape, count, new float[steps * sequences * count]);
  }

  @Test
  void inputsOfAModel() {
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(Lstm.builder(12, 4)).build(device, 1);
        SequenceModel words =
            SequenceModel.around(Gru.builder(3, 4)).embedding(9).build(device, 1)) {
      SequenceBatch turned = features(64, 12, 30);
      String said = "layer 'rnn' expected [time, batch, 12], got [64, 12, 30]: transpose?";
      assertEquals(said, message(() -> model.predict(turned)));
      assertEquals(said, message(() -> model.forward(turned, null, 1)));
      assertEquals(
          "layer 'rnn' expected [time, batch, 12], got [5, 2, 11]",
          message(() -> model.predict(features(5, 2, 11))));
      SequenceBatch ids = SequenceBatch.ofIds(PackedShape.dense(12, 2), new int[24]);
      assertEquals(
          "layer 'rnn' expected [time, batch, 12], got ids [12, 2]",
          message(() -> model.predict(ids)));
      assertEquals(
          "layer 'embedding' expected ids [time, batch], got features [5, 2, 3]",
          message(() -> words.predict(features(5, 2, 3))));
    }
  }

  @Test
  void targetsOfATraining() throws Exception {
    try (Device device = Devices.open("reference");
        SequenceModel steps = SequenceModel.around(Lstm.builder(2, 4)).head(3).build(device, 1);
        SequenceModel last =
            SequenceModel.around(Lstm.builder(2, 4))
                .head(3)
                .readout(Readout.LAST_STATE)
                .build(device, 1)) {
      SequenceBatch batch = features(5, 4, 2);
      assertEquals(
          "layer 'out' gives [time, batch, 3], the targets are [5, 4, 2]",
          step(steps, batch.withValues(true, 2, new float[40])));
      assertEquals(
          "layer 'out' gives [batch, 3], the targets are [4, 1]",
          step(last, batch.withValues(false, 1, new float[4])));
      assertEquals(
          "the model needs targets of each sequence, the batch has targets of each step",
          step(last, batch.withValues(true, 3, new float[60])));
      assertEquals("the model needs targets of each step, the batch has none", step(steps, batch));
    }
  }

  private static String step(SequenceModel model, SequenceBatch batch) throws Exception {
    try (SequenceObjective objective = SequenceObjective.meanSquaredError(model);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(objective, new Sgd(model.parameters(), 0.1), new TrainerSettings())) {
      return message(() -> trainer.step(List.of(batch)));
    }
  }

  @Test
  void arraysOfABatch() {
    PackedShape shape = PackedShape.dense(3, 2);
    assertEquals(
        "features [time=3, batch=2, features=4] need 24 values, got 23",
        message(() -> SequenceBatch.ofFeatures(shape, 4, new float[23])));
    assertEquals(
        "ids [time=3, batch=2] need 6 values, got 5",
        message(() -> SequenceBatch.ofIds(shape, new int[5])));
    SequenceBatch batch = features(3, 2, 1);
    assertEquals(
        "targets [time=3, batch=2, columns=5] need 30 values, got 10",
        message(() -> batch.withValues(true, 5, new float[10])));
    assertEquals(
        "labels [batch=2] need 2 values, got 6",
        message(() -> batch.withLabels(false, new int[6])));
  }

  @Test
  void operandsOfALinearLayer() {
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(Lstm.builder(2, 4)).build(device, 1)) {
      ParameterSet parameters = model.parameters();
      Linear layer = new Linear(parameters, model.pool(), "decoder.head", 5, 3);
      Matrix input = model.pool().lease(5, 7);
      Matrix output = model.pool().lease(3, 5);
      Matrix rows = model.pool().lease(5, 5);
      assertEquals(
          "input of 'decoder.head' [rows, inputSize]: expected [5, 5], got [5, 7]",
          message(() -> layer.infer(model.queue(), input, output)));
      assertEquals(
          "output of 'decoder.head' [rows, outputSize]: expected [5, 3], got [3, 5]: transpose?",
          message(() -> layer.infer(model.queue(), rows, output)));
      List.of(input, output, rows).forEach(model.pool()::release);
    }
  }

  @Test
  void weightsOfAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("weights.safetensors");
    new SafetensorsWriter()
        .add("lstm.weight_ih_l0", new float[24], 3, 8)
        .add("lstm.weight_hh_l0", new float[16], 8, 2)
        .write(file);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      String message =
          assertThrows(ModelFormatException.class, () -> tensors.require("lstm.weight_ih_l0", 8, 3))
              .getMessage();
      assertEquals(
          file + ": tensor 'lstm.weight_ih_l0' has shape [3, 8], expected [8, 3]: transpose?",
          message);
      String stack =
          assertThrows(ModelFormatException.class, () -> Lstm.load(tensors, "lstm")).getMessage();
      assertEquals(
          file
              + ": module 'lstm': LSTM of 8 features, 2 units, 1 layer(s), one direction: missing:"
              + " none; unexpected: none; misshapen: 'lstm.weight_ih_l0' is [3, 8], expected [8, 8]",
          stack);
    }
  }

  /** Only another order of the same axes is worth a question. */
  @ParameterizedTest
  @CsvSource({
    "'-1,-1,12', '64,12,300', true",
    "'-1,-1,12', '64,10,12', false",
    "'-1,-1,12', '12,12,12', false",
    "'-1,-1,12', '64,10,300', false",
    "'-1,3,4', '4,5,3', true",
    "'-1,3,3', '3,3,5', true",
    "'-1,3,3', '3,4,5', false",
    "'8,3', '3,8', true",
    "'8,3', '3,8,1', false",
    "'3,3', '3,3', false"
  })
  void transposingIsSuggestedWhereItHelps(String expected, String got, boolean suggested) {
    assertEquals(suggested ? ": transpose?" : "", Transposition.hint(sizes(expected), sizes(got)));
  }

  private static long[] sizes(String text) {
    return Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray();
  }
}
