package io.carousel.io;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recurrent stack and the batch that a reference case was computed with.
 *
 * @param cell the kind of cell
 * @param numLayers number of layers
 * @param bidirectional true when every layer runs in both directions
 * @param bias true when the cells have both bias vectors
 * @param projSize size of the projected state (LSTM only), 0 without projection
 * @param seqLen number of time steps, T
 * @param batchSize number of sequences, B
 * @param inputSize features per step, I
 * @param hiddenSize units per direction, H
 * @param packed true when the sequences have lengths of their own
 */
public record ReferenceSpec(
    Cell cell,
    int numLayers,
    boolean bidirectional,
    boolean bias,
    int projSize,
    int seqLen,
    int batchSize,
    int inputSize,
    int hiddenSize,
    boolean packed) {

  /** The kinds of cell, gates in PyTorch's order. */
  public enum Cell {
    /** Elman cell with tanh. */
    RNN_TANH("rnn_tanh", 1),
    /** Elman cell with ReLU. */
    RNN_RELU("rnn_relu", 1),
    /** LSTM, gates i, f, g, o. */
    LSTM("lstm", 4),
    /** GRU, gates r, z, n, reset after the recurrent product. */
    GRU("gru", 3);

    private final String id;
    private final int gates;

    Cell(String id, int gates) {
      this.id = id;
      this.gates = gates;
    }

    /** The name in files: {@code rnn_tanh}, {@code rnn_relu}, {@code lstm} or {@code gru}. */
    public String id() {
      return id;
    }

    /** Number of gate blocks in weights and biases, G. */
    public int gates() {
      return gates;
    }

    /** The cell of that name in files, or null. */
    static @Nullable Cell of(String id) {
      for (Cell cell : values()) {
        if (cell.id.equals(id)) {
          return cell;
        }
      }
      return null;
    }
  }

  /** Number of directions, D: 1 or 2. */
  public int directions() {
    return bidirectional ? 2 : 1;
  }

  /** Size of the recurrent state h of one direction, R: the projection's or the hidden size. */
  public int stateSize() {
    return projSize > 0 ? projSize : hiddenSize;
  }

  /** Shapes of all parameters by PyTorch's names, in the order of its {@code state_dict}. */
  public Map<String, long[]> parameterShapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long rows = (long) cell.gates() * hiddenSize;
    for (int layer = 0; layer < numLayers; layer++) {
      long in = layer == 0 ? inputSize : (long) directions() * stateSize();
      for (int direction = 0; direction < directions(); direction++) {
        String suffix = "_l" + layer + (direction == 0 ? "" : "_reverse");
        shapes.put("weight_ih" + suffix, new long[] {rows, in});
        shapes.put("weight_hh" + suffix, new long[] {rows, stateSize()});
        if (bias) {
          shapes.put("bias_ih" + suffix, new long[] {rows});
          shapes.put("bias_hh" + suffix, new long[] {rows});
        }
        if (projSize > 0) {
          shapes.put("weight_hr" + suffix, new long[] {projSize, hiddenSize});
        }
      }
    }
    return shapes;
  }

  /**
   * Shapes of everything that a case holds, {@code lengths} apart: inputs, states and parameters,
   * outputs, the weights of the loss, the loss and the gradients as {@code grad.NAME}.
   */
  public Map<String, long[]> tensorShapes() {
    long[] h = {(long) numLayers * directions(), batchSize, stateSize()};
    long[] c = {(long) numLayers * directions(), batchSize, hiddenSize};
    long[] output = {seqLen, batchSize, (long) directions() * stateSize()};

    Map<String, long[]> inputs = new LinkedHashMap<>();
    inputs.put("input", new long[] {seqLen, batchSize, inputSize});
    inputs.put("h0", h);
    Map<String, long[]> outputs = new LinkedHashMap<>();
    outputs.put("output", output);
    outputs.put("hn", h);
    if (cell == Cell.LSTM) {
      inputs.put("c0", c);
      outputs.put("cn", c);
    }
    inputs.putAll(parameterShapes());

    Map<String, long[]> shapes = new LinkedHashMap<>(inputs);
    shapes.putAll(outputs);
    outputs.forEach((name, shape) -> shapes.put("loss_w_" + name, shape));
    shapes.put("loss", new long[] {1});
    inputs.forEach((name, shape) -> shapes.put("grad." + name, shape));
    return shapes;
  }
}
