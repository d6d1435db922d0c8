package io.carousel.rnn;

import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.LuongAttention;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EncoderDecoder} is: everything but its weights.
 *
 * @param cell of both stacks
 * @param sourceVocabulary number of ids that the encoder reads
 * @param targetVocabulary number of ids that the decoder reads and says
 * @param embeddingSize E, features of an id on either side
 * @param hiddenSize H, units of each layer of the decoder; a bidirectional encoder has half of them
 *     in each direction
 * @param layers of either stack
 * @param bidirectional whether the encoder also runs from the end
 * @param attention how the decoder looks back at the encoder's outputs; null for not at all
 * @param dropout probability of dropping an embedded feature, an output of a layer but the last,
 *     and an input of the head, in training
 */
public record EncoderDecoderSpec(
    Cell cell,
    int sourceVocabulary,
    int targetVocabulary,
    int embeddingSize,
    int hiddenSize,
    int layers,
    boolean bidirectional,
    LuongAttention.@Nullable Score attention,
    double dropout) {
  /** Checks the numbers. */
  public EncoderDecoderSpec {
    if (sourceVocabulary < 1 || targetVocabulary < 1) {
      throw new IllegalArgumentException(
          "vocabularies of %d and %d ids".formatted(sourceVocabulary, targetVocabulary));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must lie in [0, 1), got " + dropout);
    }
    if (bidirectional && hiddenSize % 2 != 0) {
      throw new IllegalArgumentException(
          "a bidirectional encoder has half of the units in each direction: hidden size "
              + hiddenSize
              + " is odd");
    }
  }

  /** The encoder's stack. */
  public RecurrentSpec encoder() {
    return stack(bidirectional ? hiddenSize / 2 : hiddenSize).withBidirectional(bidirectional);
  }

  /** The decoder's stack. */
  public RecurrentSpec decoder() {
    return stack(hiddenSize);
  }

  private RecurrentSpec stack(int size) {
    RecurrentSpec one =
        switch (cell) {
          case RNN -> RecurrentSpec.rnn(embeddingSize, size);
          case LSTM -> RecurrentSpec.lstm(embeddingSize, size);
          case GRU -> RecurrentSpec.gru(embeddingSize, size);
        };
    return one.withNumLayers(layers).withDropout(layers > 1 ? dropout : 0);
  }

  /** In squares of the hidden size: those that combine, and those of the score. */
  private int weightsOfAttention() {
    return attention == LuongAttention.Score.GENERAL ? 3 : 2;
  }

  /** Number of weights; {@link Long#MAX_VALUE} when a long does not hold it. */
  public long parameterCount() {
    try {
      long tables =
          Math.multiplyExact((long) sourceVocabulary + targetVocabulary, (long) embeddingSize);
      long head = Math.multiplyExact((long) targetVocabulary, 1L + hiddenSize);
      long square = Math.multiplyExact((long) hiddenSize, hiddenSize);
      long looking = Math.multiplyExact(square, attention == null ? 0L : weightsOfAttention());
      long stacks = Math.addExact(encoder().parameterCount(), decoder().parameterCount());
      return Math.addExact(Math.addExact(tables, head), Math.addExact(stacks, looking));
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
