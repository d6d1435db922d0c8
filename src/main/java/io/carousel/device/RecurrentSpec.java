package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * What a recurrent stack is: everything but its weights. Conventions are PyTorch's ({@code
 * torch.nn.LSTM}, {@code GRU}, {@code RNN}) unless a field says otherwise.
 *
 * @param cell kind of cell
 * @param inputSize I, features per step
 * @param hiddenSize H, units of a layer and direction
 * @param numLayers number of stacked layers
 * @param bidirectional whether each layer also runs from the end of the sequence
 * @param bias whether there are the two biases b_ih and b_hh
 * @param projSize R of an LSTM with projection (Sak, Senior, Beaufays 2014), 0 for none
 * @param dropout probability that an output of a layer but the last is dropped in training
 * @param activation RNN: of the state; LSTM: of the cell input g; GRU: of the candidate n; tanh
 *     unless set
 * @param gateActivation of the gates of LSTM (i, f, o) and GRU (r, z): sigmoid unless set
 * @param cellOutputActivation LSTM: of the cell state on its way out; the same as {@code
 *     activation} unless set, and always so in the other cells
 * @param resetAfter GRU: whether the reset gate acts on U h + b (PyTorch, cuDNN) or on h (Cho et
 *     al. 2014)
 * @param peephole LSTM: whether the gates see the cell state (Gers and Schmidhuber 2000)
 * @param coupledInputForget LSTM: whether i = 1 - f (CIFG of Greff et al. 2017)
 * @param cellClip LSTM: bound of the cell state (TensorFlow's {@code cell_clip}), 0 for none
 * @param precision number format of the products
 */
public record RecurrentSpec(
    Cell cell,
    int inputSize,
    int hiddenSize,
    int numLayers,
    boolean bidirectional,
    boolean bias,
    int projSize,
    double dropout,
    Activation activation,
    Activation gateActivation,
    Activation cellOutputActivation,
    boolean resetAfter,
    boolean peephole,
    boolean coupledInputForget,
    double cellClip,
    Precision precision) {

  /** Checks the fields against each other. */
  public RecurrentSpec {
    positive("inputSize", inputSize);
    positive("hiddenSize", hiddenSize);
    positive("numLayers", numLayers);
    require(projSize >= 0, "projSize must not be negative, got " + projSize);
    require(projSize == 0 || cell == Cell.LSTM, "only an LSTM has a projection, not " + cell);
    require(
        projSize == 0 || projSize < hiddenSize,
        "projSize must be smaller than hiddenSize " + hiddenSize + ", got " + projSize);
    require(dropout >= 0 && dropout < 1, "dropout must lie in [0, 1), got " + dropout);
    require(
        cellClip >= 0 && cellClip < Double.POSITIVE_INFINITY,
        "cellClip must be finite and not negative, got " + cellClip);
    boolean lstm = cell == Cell.LSTM;
    require(lstm || !peephole, "only an LSTM has peepholes, not " + cell);
    require(lstm || !coupledInputForget, "only an LSTM has coupled gates, not " + cell);
    require(lstm || cellClip == 0, "only an LSTM has a cell state to clip, not " + cell);
    require(
        lstm || cellOutputActivation.equals(activation),
        "only an LSTM has a function on its cell's way out, not " + cell);
    require(
        cell != Cell.RNN || gateActivation.equals(Activation.SIGMOID),
        "an RNN has no gates, gateActivation must stay sigmoid, got " + gateActivation);
  }

  /** A one-layer tanh RNN with biases. */
  public static RecurrentSpec rnn(int inputSize, int hiddenSize) {
    return of(Cell.RNN, inputSize, hiddenSize);
  }

  /** A one-layer LSTM with biases. */
  public static RecurrentSpec lstm(int inputSize, int hiddenSize) {
    return of(Cell.LSTM, inputSize, hiddenSize);
  }

  /** A one-layer GRU with biases, reset after. */
  public static RecurrentSpec gru(int inputSize, int hiddenSize) {
    return of(Cell.GRU, inputSize, hiddenSize);
  }

  private static RecurrentSpec of(Cell cell, int inputSize, int hiddenSize) {
    return new RecurrentSpec(
        cell,
        inputSize,
        hiddenSize,
        1,
        false,
        true,
        0,
        0,
        Activation.TANH,
        Activation.SIGMOID,
        Activation.TANH,
        true,
        false,
        false,
        0,
        Precision.FP32);
  }

  /** The same with another number of layers. */
  public RecurrentSpec withNumLayers(int value) {
    Draft draft = new Draft(this);
    draft.numLayers = value;
    return draft.build();
  }

  /** The same in one or both directions. */
  public RecurrentSpec withBidirectional(boolean value) {
    Draft draft = new Draft(this);
    draft.bidirectional = value;
    return draft.build();
  }

  /** The same with or without biases. */
  public RecurrentSpec withBias(boolean value) {
    Draft draft = new Draft(this);
    draft.bias = value;
    return draft.build();
  }

  /** The same LSTM with a projection to that size. */
  public RecurrentSpec withProjSize(int value) {
    Draft draft = new Draft(this);
    draft.projSize = value;
    return draft.build();
  }

  /** The same with dropout between layers. */
  public RecurrentSpec withDropout(double value) {
    Draft draft = new Draft(this);
    draft.dropout = value;
    return draft.build();
  }

  /** The same with another activation of the cell, of an LSTM's input and its way out alike. */
  public RecurrentSpec withActivation(Activation value) {
    Draft draft = new Draft(this);
    draft.activation = value;
    draft.cellOutputActivation = value;
    return draft.build();
  }

  /** The same LSTM with another activation of the cell state on its way out. */
  public RecurrentSpec withCellOutputActivation(Activation value) {
    Draft draft = new Draft(this);
    draft.cellOutputActivation = value;
    return draft.build();
  }

  /** The same LSTM or GRU with another activation of its gates. */
  public RecurrentSpec withGateActivation(Activation value) {
    Draft draft = new Draft(this);
    draft.gateActivation = value;
    return draft.build();
  }

  /** The same LSTM with or without peepholes. */
  public RecurrentSpec withPeephole(boolean value) {
    Draft draft = new Draft(this);
    draft.peephole = value;
    return draft.build();
  }

  /** The same LSTM with i = 1 - f, or with an input gate of its own. */
  public RecurrentSpec withCoupledInputForget(boolean value) {
    Draft draft = new Draft(this);
    draft.coupledInputForget = value;
    return draft.build();
  }

  /** The same LSTM with the cell state bounded to [-value, value]; 0 for no bound. */
  public RecurrentSpec withCellClip(double value) {
    Draft draft = new Draft(this);
    draft.cellClip = value;
    return draft.build();
  }

  /** The same GRU with reset after or before the recurrent product. */
  public RecurrentSpec withResetAfter(boolean value) {
    Draft draft = new Draft(this);
    draft.resetAfter = value;
    return draft.build();
  }

  /** The same in another precision. */
  public RecurrentSpec withPrecision(Precision value) {
    Draft draft = new Draft(this);
    draft.precision = value;
    return draft.build();
  }

  /** The same for another number of input features. */
  public RecurrentSpec withInputSize(int value) {
    Draft draft = new Draft(this);
    draft.inputSize = value;
    return draft.build();
  }

  /** Number of directions D: 1 or 2. */
  public int directions() {
    return bidirectional ? 2 : 1;
  }

  /** R, the size of h: projSize, or hiddenSize where there is no projection. */
  public int stateSize() {
    return projSize > 0 ? projSize : hiddenSize;
  }

  /** D·R, the columns of the stack's output. */
  public int outputSize() {
    return Math.multiplyExact(directions(), stateSize());
  }

  /** G·H, the rows of W_ih and W_hh. */
  public int gateRows() {
    return Math.multiplyExact(cell.gates(), hiddenSize);
  }

  /** Columns of W_ih in a layer: inputSize, or D·R above the first one. */
  public int layerInputSize(int layer) {
    return layer == 0 ? inputSize : outputSize();
  }

  /** L·D, the number of layer and direction pairs; pair (k, d) has index k·D + d. */
  public int runs() {
    return numLayers * directions();
  }

  /**
   * Number of weights.
   *
   * @throws ArithmeticException when a long does not hold it
   */
  public long parameterCount() {
    long gateRows = (long) cell.gates() * hiddenSize;
    long count = 0;
    for (int layer = 0; layer < numLayers; layer++) {
      long in = layer == 0 ? inputSize : directions() * (long) stateSize();
      long perRun = Math.multiplyExact(gateRows, in + stateSize() + (bias ? 2 : 0));
      perRun = Math.addExact(perRun, (projSize + (peephole ? 3L : 0)) * hiddenSize);
      count = Math.addExact(count, Math.multiplyExact(directions(), perRun));
    }
    return count;
  }

  /** A specification whose fields can be set one by one. */
  private static final class Draft {
    private final RecurrentSpec original;
    private int inputSize;
    private int numLayers;
    private boolean bidirectional;
    private boolean bias;
    private int projSize;
    private double dropout;
    private Activation activation;
    private Activation gateActivation;
    private Activation cellOutputActivation;
    private boolean resetAfter;
    private boolean peephole;
    private boolean coupledInputForget;
    private double cellClip;
    private Precision precision;

    Draft(RecurrentSpec original) {
      this.original = original;
      inputSize = original.inputSize;
      numLayers = original.numLayers;
      bidirectional = original.bidirectional;
      bias = original.bias;
      projSize = original.projSize;
      dropout = original.dropout;
      activation = original.activation;
      gateActivation = original.gateActivation;
      cellOutputActivation = original.cellOutputActivation;
      resetAfter = original.resetAfter;
      peephole = original.peephole;
      coupledInputForget = original.coupledInputForget;
      cellClip = original.cellClip;
      precision = original.precision;
    }

    RecurrentSpec build() {
      return new RecurrentSpec(
          original.cell,
          inputSize,
          original.hiddenSize,
          numLayers,
          bidirectional,
          bias,
          projSize,
          dropout,
          activation,
          gateActivation,
          cellOutputActivation,
          resetAfter,
          peephole,
          coupledInputForget,
          cellClip,
          precision);
    }
  }

  private static void positive(String name, int value) {
    require(value > 0, name + " must be positive, got " + value);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** What the stack has and PyTorch's of that cell has not, in words; null for nothing. */
  public @Nullable String departure() {
    boolean rectified = cell == Cell.RNN && activation.equals(Activation.RELU);
    if (!activation.equals(Activation.TANH) && !rectified) {
      return "activation " + activation;
    }
    if (!cellOutputActivation.equals(activation)) {
      return "cell output activation " + cellOutputActivation;
    }
    if (!gateActivation.equals(Activation.SIGMOID)) {
      return "gate activation " + gateActivation;
    }
    if (!resetAfter) {
      return "reset gate before the product";
    }
    if (peephole) {
      return "peepholes";
    }
    if (coupledInputForget) {
      return "coupled gates";
    }
    return cellClip > 0 ? "cell clip" : null;
  }
}
