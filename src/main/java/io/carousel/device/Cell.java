package io.carousel.device;

/** The kinds of recurrent cells. */
public enum Cell {
  /** h' = f(W x + b_ih + U h + b_hh), f tanh or ReLU (Elman 1990). */
  RNN(1),
  /**
   * Long short-term memory with forget gate (Gers, Schmidhuber, Cummins 2000); gates i, f, g, o.
   */
  LSTM(4),
  /** Gated recurrent unit (Cho et al. 2014); gates r, z, n. */
  GRU(3);

  private final int gates;

  Cell(int gates) {
    this.gates = gates;
  }

  /** Number of gate blocks in the rows of a weight matrix. */
  public int gates() {
    return gates;
  }

  /** Whether a cell state c is carried beside h. */
  public boolean hasCellState() {
    return this == LSTM;
  }
}
