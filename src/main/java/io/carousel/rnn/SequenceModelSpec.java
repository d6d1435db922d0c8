package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.RecurrentSpec;

/**
 * What a {@link SequenceModel} is: everything but its weights.
 *
 * @param vocabulary number of ids that the input may take, 0 when the input is features
 * @param recurrent the stack; its input size is that of the features or of the embedding
 * @param readout what the head sees
 * @param headDropout probability of dropping an input of the head in training, in [0, 1)
 * @param outputs columns of the output
 * @param outputActivation of the output; identity for losses that take logits
 */
public record SequenceModelSpec(
    int vocabulary,
    RecurrentSpec recurrent,
    Readout readout,
    double headDropout,
    int outputs,
    Activation outputActivation) {
  /** Checks the numbers. */
  public SequenceModelSpec {
    if (vocabulary < 0 || outputs < 1 || !(headDropout >= 0 && headDropout < 1)) {
      throw new IllegalArgumentException(
          "vocabulary %d, outputs %d, head dropout %s".formatted(vocabulary, outputs, headDropout));
    }
  }

  /** The same around another stack. */
  public SequenceModelSpec withRecurrent(RecurrentSpec stack) {
    return new SequenceModelSpec(
        vocabulary, stack, readout, headDropout, outputs, outputActivation);
  }

  /** Number of weights; {@link Long#MAX_VALUE} when a long does not hold it. */
  public long parameterCount() {
    try {
      long embedding = Math.multiplyExact((long) vocabulary, recurrent.inputSize());
      long head =
          Math.multiplyExact(outputs, 1 + recurrent.directions() * (long) recurrent.stateSize());
      return Math.addExact(Math.addExact(embedding, head), recurrent.parameterCount());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
