package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cells of TensorFlow 1. A {@code BasicLSTMCell} is a layer of Keras whose kernels stand one above
 * the other, with the cell input before the forget gate and a forget bias that the cell adds.
 */
class TensorFlowImportTest {
  private static final int[] BLOCKS_OF_KERAS = {0, 2, 1, 3};

  @TempDir Path folder;

  private static double[] columns(double[] rows, int units) {
    double[] moved = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int row = i / (4 * units);
      int block = i / units % 4;
      moved[i] = rows[row * 4 * units + BLOCKS_OF_KERAS[block] * units + i % units];
    }
    return moved;
  }

  private static void add(
      SafetensorsWriter writer, KerasOracle layer, double forgetBias, String kernel, String bias) {
    int units = layer.units;
    double[] both = new double[layer.kernel.length + layer.recurrent.length];
    System.arraycopy(layer.kernel, 0, both, 0, layer.kernel.length);
    System.arraycopy(layer.recurrent, 0, both, layer.kernel.length, layer.recurrent.length);
    writer.add(kernel, columns(both, units), layer.in + units, 4L * units);
    double[] row = columns(layer.bias[0], units);
    for (int u = 2 * units; u < 3 * units; u++) {
      row[u] -= forgetBias;
    }
    writer.add(bias, row, 4L * units);
  }

  @ParameterizedTest
  @CsvSource({"1, kernel:0, bias:0", "0, kernel, bias", "2.5, weights, biases"})
  void cellsAreAStack(double forgetBias, String kernel, String bias) throws IOException {
    Random random = new Random(3);
    KerasOracle lower = new KerasOracle("lstm", 2, 3, 1, random);
    KerasOracle upper = new KerasOracle("lstm", 3, 3, 1, random);
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, lower, forgetBias, "rnn/cell_0/" + kernel, "rnn/cell_0/" + bias);
    add(writer, upper, forgetBias, "rnn/cell_1/" + kernel, "rnn/cell_1/" + bias);
    Path file = folder.resolve("tf.safetensors");
    writer.write(file);
    double[][] steps = {{0.5, -0.25}, {1, 0.75}, {-2, 0.125}};
    float[] features = {0.5f, -0.25f, 1, 0.75f, -2, 0.125f};
    double[][] expected = upper.run(lower.run(steps));
    try (SafetensorsFile tensors = SafetensorsFile.open(file);
        Device device = Devices.open("reference")) {
      Lstm.Builder stack =
          TensorFlowWeights.basicLstm(tensors, forgetBias, "rnn/cell_0", "rnn/cell_1");
      try (SequenceModel model =
          SequenceModel.around(stack).head(KerasCase.identity(3)).build(device, 1)) {
        float[] outputs =
            model.predict(SequenceBatch.ofFeatures(PackedShape.dense(3, 1), 2, features));
        for (int i = 0; i < 9; i++) {
          assertEquals(expected[i / 3][i % 3], outputs[i], 1e-7, "output " + i);
        }
      }
    }
  }

  @Test
  void wrongTensorsAreListedByName() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("cell/kernel", new float[24], 2, 12);
    writer.add("plain/kernel", new float[60], 5, 12);
    writer.add("plain/w_f_diag", new float[3], 3);
    Path file = folder.resolve("tf.safetensors");
    writer.write(file);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      Failures.assertProblem(
          () -> TensorFlowWeights.basicLstm(tensors, 1, "cell"),
          file,
          "the kernel of 'cell' is [2, 12], expected [inputs + H, 4H]");
      String message =
          Failures.message(
              ModelFormatException.class, () -> TensorFlowWeights.basicLstm(tensors, 1, "plain"));
      assertTrue(
          message.endsWith(
              "module 'plain': LSTM cell of 2 inputs, 3 units: missing: 'plain/bias'; unexpected:"
                  + " 'plain/w_f_diag'; misshapen: none"),
          message);
    }
  }
}
