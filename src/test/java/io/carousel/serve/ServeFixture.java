package io.carousel.serve;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Model files and inputs of the tests. */
final class ServeFixture {
  static final int INPUTS = 3;
  static final int OUTPUTS = 2;

  private ServeFixture() {}

  /** A two-layer LSTM that gives two numbers for each step of three. */
  static Path lstm(Path folder, int hidden) throws IOException {
    return save(folder, SequenceModel.around(Lstm.builder(INPUTS, hidden).layers(2)).head(OUTPUTS));
  }

  /** Any model with random weights. */
  static Path save(Path folder, SequenceModelBuilder builder) throws IOException {
    return save(folder, builder, 5);
  }

  static Path save(Path folder, SequenceModelBuilder builder, long seed) throws IOException {
    Path file = folder.resolve("model-" + seed + ".safetensors");
    try (Device device = Devices.open("reference");
        SequenceModel model = builder.build(device, seed)) {
      SequenceModelFile.save(model, file);
    }
    return file;
  }

  /** [T, I] random features. */
  static float[] features(long seed, int steps) {
    Random random = new Random(seed);
    float[] values = new float[steps * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The outputs of one whole sequence. */
  static float[] whole(ServedModel model, float[] features) {
    int inputs = model.spec().recurrent().inputSize();
    PackedShape shape = PackedShape.dense(features.length / inputs, 1);
    return model.predict(SequenceBatch.ofFeatures(shape, inputs, features));
  }
}
