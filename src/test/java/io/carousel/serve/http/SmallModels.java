package io.carousel.serve.http;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import io.carousel.serve.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.StringJoiner;

/** Untrained models with weights that are not symmetric, and what to ask of them. */
final class SmallModels {
  static final int FEATURES = 3;
  static final int OUTPUTS = 2;
  static final int WORDS = 11;
  static final int MANY = 40_000;

  private SmallModels() {}

  /** [batch, time, features=3] to [batch, time, outputs=2], also step by step. */
  static ServedModel perStep(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(FEATURES, 17).layers(2)).head(OUTPUTS), device, folder);
  }

  /** The same in both directions, so that it has no sessions. */
  static ServedModel bidirectional(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(FEATURES, 9).bidirectional(true)).head(OUTPUTS),
        device,
        folder);
  }

  /** Ids below 11, [batch, time], to [batch, time, outputs=2]. */
  static ServedModel ofIds(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(5, 8)).embedding(WORDS).head(OUTPUTS), device, folder);
  }

  /** [batch, time, features=3] to [batch, outputs=2]. */
  static ServedModel perSequence(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(FEATURES, 8)).readout(Readout.LAST_STATE).head(OUTPUTS),
        device,
        folder);
  }

  /** Ids below 11, [batch, time], to [batch, time, outputs=40000]. */
  static ServedModel ofIdsToMany(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(2, 2)).embedding(WORDS).head(MANY), device, folder);
  }

  /** [batch, time, features=3] to [batch, outputs=40000]. */
  static ServedModel perSequenceToMany(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Lstm.builder(FEATURES, 2)).readout(Readout.LAST_STATE).head(MANY),
        device,
        folder);
  }

  /** As {@link #perStep} with an unbounded state. */
  static ServedModel unbounded(Device device, Path folder) throws IOException {
    return served(
        SequenceModel.around(Rnn.builder(FEATURES, 1).activation(Activation.RELU)).head(OUTPUTS),
        device,
        folder);
  }

  private static ServedModel served(SequenceModelBuilder builder, Device device, Path folder)
      throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (SequenceModel model = builder.build(device, 7)) {
      SequenceModelFile.save(model, file);
    }
    return ServedModel.load(file, device);
  }

  static float[] noise(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static String floats(String shape, float... data) {
    StringJoiner numbers = new StringJoiner(",");
    for (float value : data) {
      numbers.add(Float.toString(value));
    }
    return input("FP32", shape, numbers.toString());
  }

  static String input(String datatype, String shape, String data) {
    return "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"%s\",\"shape\":[%s],\"data\":[%s]}]}"
        .formatted(datatype, shape, data);
  }
}
