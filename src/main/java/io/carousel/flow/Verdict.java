package io.carousel.flow;

import io.carousel.device.Cell;

/**
 * What a flow of gradients means. The first that applies, in this order; thresholds are ours.
 *
 * @see RunFlow#verdict
 */
public enum Verdict {
  /** One step of the recurrence or less was seen: nothing can be said. */
  TOO_SHORT,
  /** The gradient is not finite, or grows a hundredfold over the lags that were measured. */
  EXPLODING,
  /** More than half of the ReLU units were 0 at every step that was seen. */
  DEAD,
  /** More than half of the gates and activations are where their derivative is nearly 0. */
  SATURATED,
  /** Less than a thousandth of the gradient arrives at the largest lag. */
  VANISHING,
  /** None of these. */
  HEALTHY;

  /** The word for people. */
  public String word() {
    return this == TOO_SHORT ? "too short to tell" : name().toLowerCase(java.util.Locale.ROOT);
  }

  /** What to try. */
  public String advice(Cell cell) {
    return switch (this) {
      case TOO_SHORT -> "Longer sequences show more.";
      case HEALTHY -> "Nothing to do.";
      case EXPLODING ->
          "Clip the gradient's norm (Pascanu et al. 2013), lower the learning rate, or start from"
              + " smaller or orthogonal recurrent weights.";
      case DEAD ->
          "Lower the learning rate, start from the identity with zero biases (Le et al. 2015), or"
              + " take tanh or a gated cell.";
      case SATURATED ->
          "Normalise the inputs, start from smaller weights, lower the learning rate, or add weight"
              + " decay.";
      case VANISHING ->
          switch (cell) {
            case RNN ->
                "Take an LSTM or GRU; or ReLU with recurrent weights that start as the identity (Le"
                    + " et al. 2015), or orthogonal ones.";
            case LSTM ->
                "Start the forget gate's bias at 1 or higher (Jozefowicz et al. 2015; in Java"
                    + " Lstm.Builder.forgetBias); fine where the task looks no further back than the"
                    + " half-life.";
            case GRU ->
                "Start the update gate's bias at 1 or higher, so that it keeps; fine where the task"
                    + " looks no further back than the half-life.";
          };
    };
  }
}
