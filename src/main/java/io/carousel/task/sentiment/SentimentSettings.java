package io.carousel.task.sentiment;

import io.carousel.device.Cell;
import io.carousel.rnn.Readout;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a sentiment model is and how it is trained.
 *
 * @param classes 2, 3 or 5; 0 for as many as the data have
 * @param phrases whether to learn from all labelled phrases of the trees, not from sentences only
 * @param minimumCount how often a word must come in the training part to be known
 * @param cell of the recurrent stack
 * @param readout {@link Readout#LAST_STATE} or {@link Readout#LAST_CELL}
 * @param embeddingSize numbers per word
 * @param hiddenSize H, per direction
 * @param layers stacked recurrent layers
 * @param bidirectional whether the stack also reads from the end
 * @param wordDropout probability that a training word is taken for an unknown one
 * @param inputDropout of the words' vectors
 * @param dropout of the state that is read, and between layers
 * @param epochs most epochs; early stopping may end before
 * @param patience epochs without improvement before training ends
 * @param batchSize sentences per step
 * @param learningRate of AdamW
 * @param weightDecay of AdamW
 * @param validation share of the training sentences that is held back to decide when to stop
 * @param seed of weights, the held-back part, shuffling and dropout
 */
public record SentimentSettings(
    int classes,
    boolean phrases,
    int minimumCount,
    Cell cell,
    Readout readout,
    int embeddingSize,
    int hiddenSize,
    int layers,
    boolean bidirectional,
    double wordDropout,
    double inputDropout,
    double dropout,
    int epochs,
    int patience,
    int batchSize,
    double learningRate,
    double weightDecay,
    double validation,
    long seed) {

  /** What {@code carousel train sentiment} does unless told otherwise. */
  public static final SentimentSettings DEFAULT =
      new SentimentSettings(
          0,
          false,
          1,
          Cell.LSTM,
          Readout.LAST_STATE,
          128,
          128,
          1,
          true,
          0.3,
          0.5,
          0.5,
          20,
          3,
          32,
          1e-3,
          0.01,
          0.1,
          1);

  /** Checks the numbers that no other class checks. */
  public SentimentSettings {
    if (classes != 0) {
      SentimentClasses.of(classes);
    }
    positive("minimumCount", minimumCount);
    positive("embeddingSize", embeddingSize);
    positive("hiddenSize", hiddenSize);
    positive("layers", layers);
    positive("epochs", epochs);
    positive("patience", patience);
    positive("batchSize", batchSize);
    fraction("wordDropout", wordDropout);
    fraction("inputDropout", inputDropout);
    fraction("dropout", dropout);
    if (readout.perStep()) {
      throw new IllegalArgumentException("a sentence has one sentiment: read its last state");
    }
    if (readout == Readout.LAST_CELL && !cell.hasCellState()) {
      throw new IllegalArgumentException(
          "a %s has no cell state to be read: read h, or take an LSTM".formatted(cell));
    }
    if (!(learningRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "learning rate %s must be positive, weight decay %s not negative"
              .formatted(learningRate, weightDecay));
    }
    if (!(validation > 0 && validation < 1)) {
      throw new IllegalArgumentException("validation must lie in (0, 1), got " + validation);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  private static void fraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1), got " + value);
    }
  }

  /**
   * Everything that decides the result, in words: what a checkpoint must agree on to be resumed.
   */
  public Map<String, String> describe() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("classes", classes == 0 ? "as many as the data have" : Integer.toString(classes));
    words.put("examples", phrases ? "all labelled phrases" : "sentences");
    words.put("words", "those that come %d times or more".formatted(minimumCount));
    words.put(
        "model",
        "embedding %d, %d × %d units %s%s, reads %s"
            .formatted(
                embeddingSize,
                layers,
                hiddenSize,
                cell,
                bidirectional ? " in both directions" : "",
                readout.name().toLowerCase(Locale.ROOT)));
    words.put(
        "dropout", "words %s, vectors %s, state %s".formatted(wordDropout, inputDropout, dropout));
    words.put(
        "optimizer", "AdamW, learning rate " + learningRate + ", weight decay " + weightDecay);
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " sentences");
    words.put("validation", validation + " of the training sentences");
    words.put("seed", Long.toString(seed));
    return words;
  }
}
