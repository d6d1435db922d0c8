package io.carousel.task.ecg.anomaly;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an autoencoder of heartbeats is and how it is trained.
 *
 * @param hiddenSize H of encoder and decoder
 * @param layers stacked in each
 * @param epochs most epochs; early stopping may end before
 * @param batchSize beats per step
 * @param learningRate of Adam, at the start of its cosine
 * @param patience epochs without improvement before training ends
 * @param seed of the split, the weights and the order of the beats
 */
public record AnomalySettings(
    int hiddenSize,
    int layers,
    int epochs,
    int batchSize,
    double learningRate,
    int patience,
    long seed) {

  /** What {@code carousel train ecg-anomaly} does unless told otherwise. */
  public static final AnomalySettings DEFAULT = new AnomalySettings(32, 1, 100, 16, 5e-3, 20, 1);

  /** Checks the numbers. */
  public AnomalySettings {
    positive("hidden", hiddenSize);
    positive("layers", layers);
    positive("epochs", epochs);
    positive("batchSize", batchSize);
    positive("patience", patience);
    if (!(learningRate > 0)) {
      throw new IllegalArgumentException("learningRate must be positive, got " + learningRate);
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
    words.put("LSTM", "encoder and decoder of " + layers + " × " + hiddenSize + " units");
    words.put(
        "optimizer", "Adam, learning rate " + learningRate + " on a cosine, gradient norm ≤ 1");
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " beats");
    words.put("seed", Long.toString(seed));
    return words;
  }
}
