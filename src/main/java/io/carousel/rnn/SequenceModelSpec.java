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
    if (readout == Readout.LAST_CELL && !recurrent.cell().hasCellState()) {
      throw new IllegalArgumentException(
          "a %s has no cell state to be read: read the last state, or take an LSTM"
              .formatted(recurrent.cell()));
    }
  }

  /** Columns of what the head sees: D·R, or D·H of the cell state. */
  public int headInputSize() {
    return recurrent.directions() * readSize();
  }

  /** Columns of one direction of what the head sees. */
  int readSize() {
    return readout == Readout.LAST_CELL ? recurrent.hiddenSize() : recurrent.stateSize();
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
      long head = Math.multiplyExact(outputs, 1 + recurrent.directions() * (long) readSize());
      return Math.addExact(Math.addExact(embedding, head), recurrent.parameterCount());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
