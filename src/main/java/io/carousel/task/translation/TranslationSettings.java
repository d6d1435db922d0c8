package io.carousel.task.translation;

import io.carousel.device.Cell;
import io.carousel.nn.LuongAttention;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a translator is and how it is trained.
 *
 * @param cell of encoder and decoder
 * @param embeddingSize features of a token
 * @param hiddenSize units of each layer of the decoder
 * @param layers of either stack
 * @param bidirectional whether the encoder also reads from the end, half of the units each way
 * @param attention score of Luong et al. 2015, null for no attention
 * @param reverseSource whether sources are read from their last token to the first (Sutskever et
 *     al. 2014)
 * @param dropout of embedded tokens, between layers, and before the output
 * @param labelSmoothing ε of Szegedy et al. 2016 in training, 0 for none
 * @param minimumCount how often a token must come in training to be in the vocabulary
 * @param epochs most epochs; early stopping may end before
 * @param batchSize pairs per step
 * @param learningRate of Adam, at the start of its cosine
 * @param patience epochs without improvement before training ends
 * @param beam by which the result is judged
 * @param seed of weights, shuffling and dropout
 */
public record TranslationSettings(
    Cell cell,
    int embeddingSize,
    int hiddenSize,
    int layers,
    boolean bidirectional,
    LuongAttention.@Nullable Score attention,
    boolean reverseSource,
    double dropout,
    double labelSmoothing,
    int minimumCount,
    int epochs,
    int batchSize,
    double learningRate,
    int patience,
    Beam beam,
    long seed) {

  /** Multi30k as a GPU learns it in minutes. */
  public static final TranslationSettings MULTI30K =
      new TranslationSettings(
          Cell.LSTM,
          512,
          512,
          2,
          true,
          LuongAttention.Score.DOT,
          false,
          0.4,
          0.1,
          2,
          30,
          128,
          1e-3,
          5,
          Beam.STANDARD,
          1);

  /** Multi30k within 15 minutes on two cores of a CPU. */
  public static final TranslationSettings MULTI30K_CPU =
      new TranslationSettings(
          Cell.LSTM,
          256,
          256,
          1,
          true,
          LuongAttention.Score.DOT,
          false,
          0.3,
          0.1,
          2,
          11,
          64,
          1.5e-3,
          3,
          Beam.STANDARD,
          1);

  /** Number words to digits. */
  public static final TranslationSettings NUMBERS =
      new TranslationSettings(
          Cell.LSTM,
          64,
          128,
          1,
          true,
          LuongAttention.Score.GENERAL,
          false,
          0,
          0,
          1,
          4,
          64,
          4e-3,
          4,
          Beam.GREEDY,
          1);

  /** Dates to ISO 8601, character by character. */
  public static final TranslationSettings DATES =
      new TranslationSettings(
          Cell.LSTM,
          64,
          128,
          1,
          true,
          LuongAttention.Score.GENERAL,
          false,
          0,
          0,
          1,
          8,
          64,
          4e-3,
          4,
          Beam.GREEDY,
          1);

  /** Checks the numbers that no other class checks. */
  public TranslationSettings {
    positive("embedding", embeddingSize);
    positive("hidden", hiddenSize);
    positive("layers", layers);
    positive("minCount", minimumCount);
    positive("epochs", epochs);
    positive("batchSize", batchSize);
    positive("patience", patience);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must lie in [0, 1), got " + dropout);
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing must lie in [0, 1), got " + labelSmoothing);
    }
    if (!(learningRate > 0)) {
      throw new IllegalArgumentException("learningRate must be positive, got " + learningRate);
    }
    if (bidirectional && hiddenSize % 2 != 0) {
      throw new IllegalArgumentException(
          "hidden must be even for a bidirectional encoder, got " + hiddenSize);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  /**
   * Everything that decides the result, in words: what a checkpoint must agree on to be resumed.
   */
  public Map<String, String> describe() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put(
        "model",
        "%s, %d × %d units, %s encoder, embeddings of %d"
            .formatted(
                cell,
                layers,
                hiddenSize,
                bidirectional ? "bidirectional" : "one-way",
                embeddingSize));
    words.put("attention", attention == null ? "none" : attention.name().toLowerCase(Locale.ROOT));
    words.put("source", reverseSource ? "reversed" : "as it stands");
    words.put(
        "dropout", String.format(Locale.ROOT, "%s, label smoothing %s", dropout, labelSmoothing));
    words.put("vocabulary", "tokens that come " + minimumCount + " times or more");
    words.put(
        "optimizer", "Adam, learning rate " + learningRate + " on a cosine, gradient norm ≤ 1");
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " pairs of similar length");
    words.put("seed", Long.toString(seed));
    return words;
  }
}
