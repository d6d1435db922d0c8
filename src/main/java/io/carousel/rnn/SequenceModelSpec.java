package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.RecurrentSpec;

/**
 * What a {@link SequenceModel} is: everything but its weights.
 *
 * @param vocabulary number of ids that the input may take, 0 when the input is features
 * @param inputDropout probability of dropping an input of the stack (a feature, or an element of an
 *     embedded vector) in training, in [0, 1)
 * @param recurrent the stack; its input size is that of the features or of the embedding
 * @param readout what the head sees
 * @param headDropout probability of dropping an input of the head in training, in [0, 1)
 * @param tied whether the head's weight is the embedding's table (Press and Wolf 2017; Inan,
 *     Khosravi and Socher 2017)
 * @param outputs columns of the output
 * @param outputActivation of the output; identity for losses that take logits
 */
public record SequenceModelSpec(
    int vocabulary,
    double inputDropout,
    RecurrentSpec recurrent,
    Readout readout,
    double headDropout,
    boolean tied,
    int outputs,
    Activation outputActivation) {
  /** Checks the numbers. */
  public SequenceModelSpec {
    if (vocabulary < 0 || outputs < 1) {
      throw new IllegalArgumentException(
          "vocabulary %d, outputs %d".formatted(vocabulary, outputs));
    }
    requireRate("input dropout", inputDropout);
    requireRate("head dropout", headDropout);
    if (readout == Readout.LAST_CELL && !recurrent.cell().hasCellState()) {
      throw new IllegalArgumentException(
          "a %s has no cell state to be read: read the last state, or take an LSTM"
              .formatted(recurrent.cell()));
    }
    int seen = recurrent.directions() * readSize(readout, recurrent);
    if (tied && (vocabulary != outputs || recurrent.inputSize() != seen)) {
      throw new IllegalArgumentException(
          ("a tied head has one output per id and sees vectors as long as the embedded ones:"
                  + " %d outputs for %d ids, sees %d numbers, embedded are %d")
              .formatted(outputs, vocabulary, seen, recurrent.inputSize()));
    }
  }

  private static void requireRate(String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1), got " + rate);
    }
  }

  /** Columns of what the head sees: D·R, or D·H of the cell state. */
  public int headInputSize() {
    return recurrent.directions() * readSize();
  }

  /** Columns of one direction of what the head sees. */
  int readSize() {
    return readSize(readout, recurrent);
  }

  private static int readSize(Readout readout, RecurrentSpec recurrent) {
    return readout == Readout.LAST_CELL ? recurrent.hiddenSize() : recurrent.stateSize();
  }

  /** The same around another stack. */
  public SequenceModelSpec withRecurrent(RecurrentSpec stack) {
    return new SequenceModelSpec(
        vocabulary, inputDropout, stack, readout, headDropout, tied, outputs, outputActivation);
  }

  /** Number of weights; {@link Long#MAX_VALUE} when a long does not hold it. */
  public long parameterCount() {
    try {
      long embedding = Math.multiplyExact((long) vocabulary, recurrent.inputSize());
      long perOutput = tied ? 1 : 1 + recurrent.directions() * (long) readSize();
      long head = Math.multiplyExact(outputs, perOutput);
      return Math.addExact(Math.addExact(embedding, head), recurrent.parameterCount());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
