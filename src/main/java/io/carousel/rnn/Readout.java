package io.carousel.rnn;

/** Which outputs of a recurrent stack its head sees. */
public enum Readout {
  /** The outputs of every step: one row per step. */
  EVERY_STEP,
  /**
   * The last layer's state after each sequence's own last step, both directions side by side: one
   * row per sequence, in the caller's order.
   */
  LAST_STATE,
  /**
   * The last layer's cell state (an LSTM's c) after each sequence's own last step, laid out as
   * {@link #LAST_STATE}, H columns per direction.
   */
  LAST_CELL;

  /** Whether the head's rows are steps; else they are sequences. */
  public boolean perStep() {
    return this == EVERY_STEP;
  }
}
