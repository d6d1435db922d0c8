package io.carousel.device;

/**
 * The order in which a framework stacks the gates of its weights: the one place where gates change
 * places. Carousel's own orders are PyTorch's: i, f, g, o of an LSTM (g is the cell input, which
 * others call c or j) and r, z, n of a GRU (n is the candidate, which others call h).
 */
public enum GateLayout {
  /** {@code torch.nn.LSTM}, and Carousel. */
  PYTORCH_LSTM(Cell.LSTM, "ifgo"),
  /** TensorFlow 1's {@code BasicLSTMCell} and {@code LSTMCell}: i, j, f, o. */
  TENSORFLOW_LSTM(Cell.LSTM, "igfo"),
  /** Keras: i, f, c, o. */
  KERAS_LSTM(Cell.LSTM, "ifgo"),
  /** The ONNX operator {@code LSTM}: i, o, f, c. */
  ONNX_LSTM(Cell.LSTM, "iofg"),
  /** An RNN, which has no gates: one block, the same everywhere. */
  RNN(Cell.RNN, "h"),
  /** {@code torch.nn.GRU}, and Carousel. */
  PYTORCH_GRU(Cell.GRU, "rzn"),
  /** Keras: z, r, h. */
  KERAS_GRU(Cell.GRU, "zrn"),
  /** The ONNX operator {@code GRU}: z, r, h. */
  ONNX_GRU(Cell.GRU, "zrn");

  private final Cell cell;
  private final String order;

  GateLayout(Cell cell, String order) {
    this.cell = cell;
    this.order = order;
  }

  /** The cell whose gates these are. */
  public Cell cell() {
    return cell;
  }

  /**
   * Moves blocks of rows from this order to Carousel's.
   *
   * @param rows [G·H, columns] row by row, a block of H rows per gate; a bias has one column; not
   *     changed
   * @return the same rows, blocks in Carousel's order; a new array
   * @throws IllegalArgumentException when the array cannot be cut into G equal blocks
   */
  public double[] toOurs(double[] rows) {
    return move(rows, order, ours());
  }

  /** The other way round: from Carousel's order to this one; see {@link #toOurs}. */
  public double[] fromOurs(double[] rows) {
    return move(rows, ours(), order);
  }

  /**
   * Moves the rows of an LSTM's peepholes from this order to Carousel's: that of the gates without
   * g, which has none.
   *
   * @param rows [3·H], H numbers per gate; not changed
   * @return the same numbers as p_i, p_f, p_o; a new array
   */
  public double[] peepholesToOurs(double[] rows) {
    return move(rows, seeing(order), seeing(ours()));
  }

  /** The other way round; see {@link #peepholesToOurs}. */
  public double[] peepholesFromOurs(double[] rows) {
    return move(rows, seeing(ours()), seeing(order));
  }

  private String seeing(String gates) {
    if (cell != Cell.LSTM) {
      throw new IllegalArgumentException("a " + cell + " has no peepholes");
    }
    return gates.replace("g", "");
  }

  private String ours() {
    return switch (cell) {
      case RNN -> RNN.order;
      case LSTM -> PYTORCH_LSTM.order;
      case GRU -> PYTORCH_GRU.order;
    };
  }

  private double[] move(double[] rows, String from, String to) {
    int gates = to.length();
    if (rows.length % gates != 0) {
      throw new IllegalArgumentException(
          "%d numbers cannot be cut into the %d gates of %s".formatted(rows.length, gates, this));
    }
    int block = rows.length / gates;
    double[] moved = new double[rows.length];
    for (int gate = 0; gate < gates; gate++) {
      int source = from.indexOf(to.charAt(gate));
      System.arraycopy(rows, source * block, moved, gate * block, block);
    }
    return moved;
  }
}
