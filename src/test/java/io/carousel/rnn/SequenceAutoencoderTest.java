package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.nn.Parameter;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequenceAutoencoderTest {
  private static final int FEATURES = 2;

  private final Device device = Devices.open("reference");
  private SequenceAutoencoder model;

  @BeforeEach
  void build() {
    model = new SequenceAutoencoder(FEATURES, 3, 2, device, 5);
  }

  @AfterEach
  void close() {
    model.close();
    device.close();
  }

  private static SequenceBatch batch(int... lengths) {
    PackedShape shape = PackedShape.of(lengths);
    float[] features = new float[shape.steps() * shape.batchSize() * FEATURES];
    RandomStream random = new RandomStream(3, "test");
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    return SequenceBatch.ofFeatures(shape, FEATURES, features);
  }

  /** Σ w·output with fixed weights w, which is also the gradient of the output. */
  private double loss(SequenceBatch batch, double[] weights) {
    try (SequenceAutoencoder.Open pass = model.forward(batch, 0)) {
      double[] output = new double[weights.length];
      model.queue().download(pass.output(), output, 0);
      double sum = 0;
      for (int i = 0; i < output.length; i++) {
        sum += weights[i] * output[i];
      }
      return sum;
    }
  }

  @Test
  void gradientsOfEncoderAndDecoderEqualCentralDifferences() {
    SequenceBatch batch = batch(2, 5, 3);
    double[] weights = new double[batch.shape().rows() * FEATURES];
    Arrays.setAll(weights, i -> Math.sin(i + 1.0));
    model.parameters().zeroGradients(model.queue());
    Matrix dOutput = model.pool().lease(batch.shape().rows(), FEATURES);
    model.queue().upload(weights, 0, dOutput);
    model.forward(batch, 0).backward(dOutput);
    model.pool().release(dOutput);
    for (Parameter parameter : model.parameters()) {
      double[] gradient = new double[Math.toIntExact(parameter.size())];
      model.queue().download(parameter.gradient(), gradient, 0);
      double[] values = parameter.download(model.queue());
      for (int i = 0; i < values.length; i += 1 + values.length / 12) {
        double old = values[i];
        values[i] = old + 1e-5;
        parameter.upload(model.queue(), values);
        double up = loss(batch, weights);
        values[i] = old - 1e-5;
        parameter.upload(model.queue(), values);
        double numeric = (up - loss(batch, weights)) / 2e-5;
        values[i] = old;
        parameter.upload(model.queue(), values);
        assertEquals(numeric, gradient[i], 1e-7, parameter.path() + " " + i);
      }
    }
  }

  @Test
  void inferenceGivesWhatTrainingSeesInTheSequencesOwnOrder() {
    SequenceBatch batch = batch(2, 4);
    double[] reversed = new double[6 * FEATURES];
    try (SequenceAutoencoder.Open pass = model.forward(batch, 0)) {
      model.queue().download(pass.output(), reversed, 0);
    }
    float[] padded = model.reconstruct(batch);
    // packed: sequence 1 is the longer one, so rows are 1, 0, 1, 0, 1, 1 in decoding order
    int[][] rowOf = {{3, 1, -1, -1}, {5, 4, 2, 0}};
    for (int n = 0; n < 2; n++) {
      for (int t = 0; t < 4; t++) {
        for (int f = 0; f < FEATURES; f++) {
          double expected = rowOf[n][t] < 0 ? 0 : reversed[rowOf[n][t] * FEATURES + f];
          assertEquals(expected, padded[(t * 2 + n) * FEATURES + f], 1e-6, n + " " + t);
        }
      }
    }
  }

  @Test
  void targetsRunFromTheEndOfEachSequence() {
    float[] features = {1, 10, 2, 20, 0, 30}; // [T=3, N=2, F=1], the first ends after 2 steps
    SequenceBatch batch = SequenceBatch.ofFeatures(PackedShape.of(2, 3), 1, features);
    assertArrayEquals(new float[] {30, 2, 20, 1, 10}, SequenceAutoencoder.reversed(batch));
  }

  @Test
  void aPassIsConsumedOnce() {
    SequenceAutoencoder.Open pass = model.forward(batch(3), 0);
    Matrix dOutput = model.pool().lease(3, FEATURES);
    pass.backward(dOutput);
    assertThrows(IllegalStateException.class, () -> pass.backward(dOutput));
    model.pool().release(dOutput);
  }
}
