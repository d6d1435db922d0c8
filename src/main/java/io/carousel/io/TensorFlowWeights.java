package io.carousel.io;

import io.carousel.device.Cell;
import io.carousel.device.GateLayout;
import io.carousel.nn.ModuleTensors;
import io.carousel.nn.TensorSource;
import io.carousel.rnn.Lstm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reads cells of TensorFlow 1 from their weights: of {@code BasicLSTMCell} and the plain {@code
 * LSTMCell}, a kernel [inputs + H, 4H] with the rows of x above those of h and the gates i, j, f, o
 * side by side, and one bias [4H]. Early versions called them {@code weights} and {@code biases}.
 */
public final class TensorFlowWeights {
  private TensorFlowWeights() {}

  /**
   * A stack of LSTM cells with their weights.
   *
   * @param tensors of the model
   * @param forgetBias what the cell adds to f when it runs and no file holds, 1 unless the cell was
   *     made with another; it is added to the bias once: σ(f + b + 1) is the same
   * @param cells from the input on, all of the same size, such as {@code
   *     rnn/multi_rnn_cell/cell_0/basic_lstm_cell}
   * @return the stack, to be built
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Lstm.Builder basicLstm(TensorSource tensors, double forgetBias, String... cells)
      throws IOException {
    if (cells.length == 0) {
      throw new IllegalArgumentException("name at least one cell");
    }
    int[] first = module(tensors, cells[0]).matrixSize("kernel");
    int gates = Cell.LSTM.gates();
    int hidden = first[1] / gates;
    int inputSize = first[0] - hidden;
    if (inputSize < 1 || hidden < 1) {
      throw tensors.refusal(
          "the kernel of '%s' is [%d, %d], expected [inputs + H, 4H]"
              .formatted(cells[0], first[0], first[1]));
    }
    Map<String, double[]> weights = new LinkedHashMap<>();
    int in = inputSize;
    for (int layer = 0; layer < cells.length; layer++) {
      Map<String, int[]> shapes = new LinkedHashMap<>();
      shapes.put("kernel", new int[] {in + hidden, gates * hidden});
      shapes.put("bias", new int[] {gates * hidden});
      Map<String, double[]> values =
          module(tensors, cells[layer])
              .read("LSTM cell of %d inputs, %d units".formatted(in, hidden), shapes);
      Kernel kernel = new Kernel(Objects.requireNonNull(values.get("kernel")), gates * hidden);
      double[] bias = GateLayout.TENSORFLOW_LSTM.toOurs(Objects.requireNonNull(values.get("bias")));
      for (int unit = hidden; unit < 2 * hidden; unit++) {
        bias[unit] += forgetBias; // block 1 of i, f, g, o
      }
      String suffix = "_l" + layer;
      weights.put("weight_ih" + suffix, kernel.gates(GateLayout.TENSORFLOW_LSTM, 0, in));
      weights.put("weight_hh" + suffix, kernel.gates(GateLayout.TENSORFLOW_LSTM, in, hidden));
      weights.put("bias_ih" + suffix, bias);
      weights.put("bias_hh" + suffix, new double[gates * hidden]);
      in = hidden;
    }
    return Lstm.builder(inputSize, hidden).layers(cells.length).weights(weights);
  }

  private static ModuleTensors module(TensorSource tensors, String cell) {
    return new ModuleTensors(tensors, cell, "/", TensorFlowWeights::plain);
  }

  private static String plain(String name) {
    return switch (name.replaceFirst(":0$", "")) {
      case "kernel", "weights" -> "kernel";
      case "bias", "biases" -> "bias";
      default -> name;
    };
  }
}
