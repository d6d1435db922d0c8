package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.io.SequenceModelFile;
import io.carousel.nn.LossTargets;
import io.carousel.nn.Parameter;
import io.carousel.nn.SoftmaxCrossEntropy;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A head whose weight is the embedding's table, and dropout of what goes into the stack. */
class TiedModelTest {
  private static final int DRAW = 7;

  /** Ids 4 and 5 are never seen and are outputs all the same; lengths 3, 1, 2. */
  private static final SequenceBatch BATCH =
      SequenceBatch.ofIds(PackedShape.of(3, 1, 2), new int[] {0, 1, 2, 3, 0, 1, 2, 0, 0})
          .withLabels(true, new int[] {1, 2, 5, 3, 0, 4, 0, 0, 0});

  @TempDir Path folder;

  private static SequenceModelBuilder tied() {
    return SequenceModel.around(Gru.builder(4, 4).layers(2).dropout(0.3))
        .embedding(6)
        .inputDropout(0.4)
        .headDropout(0.2)
        .tiedHead();
  }

  private static double loss(SequenceModel model, boolean backward) {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(model.pool(), 6);
    Matrix sum = model.pool().lease(1, 1);
    model.queue().fill(sum, 0);
    int[] labels = Packing.pack(BATCH.shape(), BATCH.targets().labels());
    try (SequencePass pass = model.forward(BATCH, null, DRAW);
        LossTargets targets = loss.upload(model.queue(), labels, null)) {
      Matrix dOutput = model.pool().lease(pass.output().rows(), 6);
      loss.apply(model.queue(), pass.output(), targets, dOutput, sum);
      if (backward) {
        pass.backward(dOutput);
      }
      model.pool().release(dOutput);
    }
    double[] value = new double[1];
    model.queue().download(sum, value, 0);
    model.pool().release(sum);
    return value[0];
  }

  /** Of the tied table above all: what it gets as embedding and as head adds up. */
  @Test
  void gradientsAreThoseOfCentralDifferences() {
    try (Device device = Devices.open("reference");
        SequenceModel model = tied().build(device, 3)) {
      assertEquals(
          6 * 4 + 6 + 2 * (12 * 4 + 12 * 4 + 24),
          model.parameters().elementCount(),
          "the table counts once");
      assertEquals(model.spec().parameterCount(), model.parameters().elementCount());
      loss(model, true);
      for (Parameter parameter : model.parameters()) {
        double[] gradient = parameter.downloadGradient(model.queue());
        double[] values = parameter.download(model.queue());
        double[] numeric = new double[values.length];
        for (int i = 0; i < values.length; i++) {
          double old = values[i];
          double step = 1e-5;
          values[i] = old + step;
          parameter.upload(model.queue(), values);
          double up = loss(model, false);
          values[i] = old - step;
          parameter.upload(model.queue(), values);
          numeric[i] = (up - loss(model, false)) / (2 * step);
          values[i] = old;
          parameter.upload(model.queue(), values);
        }
        assertArrayEquals(numeric, gradient, 1e-8, parameter.path());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void oneTableInMemoryAndInFiles(String name) throws Exception {
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open(name);
        SequenceModel model = tied().build(device, 3)) {
      assertTrue(
          model.parameters().get("out.weight") == model.parameters().get("embedding.weight"));
      SequenceModelFile.save(model, file);
      try (SequenceModel loaded = SequenceModelFile.load(file, device)) {
        assertEquals(model.spec(), loaded.spec());
        assertEquals(0.4, loaded.spec().inputDropout());
        assertArrayEquals(model.predict(BATCH), loaded.predict(BATCH));
      }
    }
  }

  @Test
  void inputsAreDroppedInTrainingOnlyAndDifferFromDrawToDraw() {
    try (Device device = Devices.open("cpu");
        SequenceModel model =
            SequenceModel.around(Rnn.builder(8, 8))
                .embedding(6)
                .inputDropout(0.5)
                .build(device, 3);
        SequenceModel plain =
            SequenceModel.around(Rnn.builder(8, 8)).embedding(6).build(device, 3)) {
      float[] inferred = packed(model.predict(BATCH));
      assertArrayEquals(packed(plain.predict(BATCH)), inferred);
      assertArrayEquals(trained(model, 1), trained(model, 1));
      assertFalse(Arrays.equals(trained(model, 1), trained(model, 2)));
      assertFalse(Arrays.equals(trained(model, 1), inferred));
    }
  }

  private static float[] packed(float[] padded) {
    return Packing.pack(BATCH.shape(), 1, padded);
  }

  private static float[] trained(SequenceModel model, int draw) {
    try (SequencePass pass = model.forward(BATCH, null, draw)) {
      float[] output = new float[(int) pass.output().size()];
      model.queue().download(pass.output(), output, 0);
      return output;
    }
  }

  @Test
  void onlyWhatHasTheTablesShapeCanBeTied() {
    SequenceModelBuilder wide = SequenceModel.around(Lstm.builder(4, 5)).embedding(6).tiedHead();
    assertThrows(IllegalArgumentException.class, wide::spec);
    SequenceModelBuilder both =
        SequenceModel.around(Lstm.builder(4, 4).bidirectional(true)).embedding(6).tiedHead();
    assertThrows(IllegalArgumentException.class, both::spec);
    SequenceModelBuilder features = SequenceModel.around(Lstm.builder(4, 4)).tiedHead();
    assertThrows(IllegalArgumentException.class, features::spec);
    assertTrue(
        SequenceModel.around(Lstm.builder(4, 9).projection(4))
            .embedding(6)
            .tiedHead()
            .spec()
            .tied());
  }
}
