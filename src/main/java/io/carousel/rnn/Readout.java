package io.carousel.rnn;

/** Which outputs of a recurrent stack its head sees. */
public enum Readout {
  /** The outputs of every step: one row per step. */
  EVERY_STEP,
  /**
   * The last layer's state after each sequence's own last step, both directions side by side: one
   * row per sequence, in the caller's order.
   */
  LAST_STATE
}
