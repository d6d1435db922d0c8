package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.nn.Parameter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads over the last state and over the last cell state, in float64. */
class ReadoutTest {
  private static final double STEP = 1e-5;
  private static final SequenceBatch BATCH =
      SequenceBatch.ofIds(
          PackedShape.of(3, 0, 5, 1),
          new int[] {1, 0, 2, 3, 4, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 3, 0});

  private static Device device;

  @BeforeAll
  static void open() {
    device = Devices.open("reference");
  }

  @AfterAll
  static void close() {
    device.close();
  }

  record Case(String name, RecurrentLayer.Builder<?, ?> stack, Readout readout) {
    @Override
    public String toString() {
      return name + " " + readout;
    }

    SequenceModel build() {
      return SequenceModel.around(stack).embedding(5).readout(readout).head(3).build(device, 4);
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("LSTM", Lstm.builder(3, 4), Readout.LAST_CELL),
        new Case("BiLSTM", Lstm.builder(3, 4).bidirectional(true), Readout.LAST_CELL),
        new Case("stack", Lstm.builder(3, 3).layers(2).bidirectional(true), Readout.LAST_CELL),
        new Case("projected", Lstm.builder(3, 4).layers(2).projection(2), Readout.LAST_CELL),
        new Case("peepholes", Lstm.builder(3, 4).peephole(true), Readout.LAST_CELL),
        new Case("coupled", Lstm.builder(3, 4).coupledInputForget(true), Readout.LAST_CELL),
        new Case("clipped", Lstm.builder(3, 4).cellClip(0.4), Readout.LAST_CELL),
        new Case("projected", Lstm.builder(3, 4).layers(2).projection(2), Readout.LAST_STATE),
        new Case("GRU", Gru.builder(3, 4).bidirectional(true), Readout.LAST_STATE),
        new Case("RNN", Rnn.builder(3, 4).layers(2), Readout.LAST_STATE));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyGradientEqualsCentralDifferences(Case which) {
    try (SequenceModel model = which.build();
        SequencePass pass = model.forward(BATCH, null, 0)) {
      model.parameters().zeroGradients(model.queue());
      Matrix dOutput = model.pool().lease(4, 3);
      model.queue().upload(weights(), 0, dOutput);
      pass.backward(dOutput);
      model.pool().release(dOutput);
      for (Parameter parameter : model.parameters()) {
        double[] gradient = parameter.downloadGradient(model.queue());
        double[] values = parameter.download(model.queue());
        for (int i = 0; i < values.length; i++) {
          double numeric = (loss(model, parameter, i, STEP) - loss(model, parameter, i, -STEP));
          assertEquals(numeric / (2 * STEP), gradient[i], 1e-8, parameter.path() + "[" + i + "]");
        }
      }
    }
  }

  /** Σ weight · output after a change of one number, which is taken back. */
  private static double loss(SequenceModel model, Parameter parameter, int i, double change) {
    double[] values = parameter.download(model.queue());
    double old = values[i];
    values[i] = old + change;
    parameter.upload(model.queue(), values);
    double[] outputs = outputs(model, null);
    values[i] = old;
    parameter.upload(model.queue(), values);
    double sum = 0;
    for (int k = 0; k < outputs.length; k++) {
      sum += weights()[k] * outputs[k];
    }
    return sum;
  }

  private static double[] weights() {
    return new double[] {1, -2, 0.5, 0.3, 0.7, -1, -0.4, 1.5, 2, 0.9, -0.8, 0.1};
  }

  private static double[] outputs(SequenceModel model, RecurrentState state) {
    Matrix output = model.infer(BATCH, state);
    double[] values = new double[(int) output.size()];
    model.queue().download(output, values, 0);
    model.pool().release(output);
    return values;
  }

  /** The head's rows are the c that the stack ends with, row by row in the caller's order. */
  @Test
  void theLastCellIsWhatTheStackEndsWith() {
    try (SequenceModel model =
            new Case("", Lstm.builder(3, 4).layers(2), Readout.LAST_CELL).build();
        RecurrentState state = model.newState(4)) {
      double[] outputs = outputs(model, state);
      double[] c = new double[2 * 4 * 4];
      model.queue().download(Objects.requireNonNull(state.c()), c, 0);
      double[] weight = model.parameters().get("out.weight").download(model.queue());
      double[] bias = model.parameters().get("out.bias").download(model.queue());
      for (int n = 0; n < 4; n++) {
        for (int k = 0; k < 3; k++) {
          double expected = bias[k];
          for (int j = 0; j < 4; j++) {
            expected += weight[k * 4 + j] * c[(4 + n) * 4 + j];
          }
          assertEquals(expected, outputs[n * 3 + k], 1e-12);
        }
      }
    }
  }

  @Test
  void cellsWithoutACellStateHaveNoneToRead() {
    for (RecurrentLayer.Builder<?, ?> stack : List.of(Gru.builder(3, 4), Rnn.builder(3, 4))) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> new Case("", stack, Readout.LAST_CELL).build());
      assertTrue(refused.getMessage().contains("has no cell state"), refused.getMessage());
    }
    assertEquals(0, device.allocatedBytes());
  }
}
