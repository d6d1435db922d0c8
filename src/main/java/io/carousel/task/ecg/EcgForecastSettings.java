package io.carousel.task.ecg;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an LSTM forecaster of an ECG is and how it is trained.
 *
 * @param contextLength samples that a forecast looks at
 * @param horizon samples ahead
 * @param hiddenSize H
 * @param layers stacked LSTM layers
 * @param dropout between layers
 * @param epochs most epochs; early stopping may end before
 * @param batchSize windows per step
 * @param stride samples from the start of a training window to that of the next
 * @param learningRate of Adam, at the start of its cosine
 * @param patience epochs without improvement before training ends
 * @param seed of weights, shuffling and dropout
 */
public record EcgForecastSettings(
    int contextLength,
    int horizon,
    int hiddenSize,
    int layers,
    double dropout,
    int epochs,
    int batchSize,
    int stride,
    double learningRate,
    int patience,
    long seed) {

  /** What {@code carousel train ecg} does unless told otherwise. */
  public static final EcgForecastSettings DEFAULT =
      new EcgForecastSettings(128, 30, 32, 1, 0, 15, 64, 64, 4e-3, 6, 1);

  /** Checks the numbers that no other class checks. */
  public EcgForecastSettings {
    positive("contextLength", contextLength);
    positive("horizon", horizon);
    positive("epochs", epochs);
    positive("batchSize", batchSize);
    positive("stride", stride);
    positive("patience", patience);
    if (dropout > 0 && layers == 1) {
      throw new IllegalArgumentException(
          "dropout acts between layers: it needs 2 layers or more, or 0 dropout");
    }
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
    words.put("context", contextLength + " samples");
    words.put("horizon", horizon + " samples");
    words.put("LSTM", layers + " × " + hiddenSize + " units, dropout " + dropout);
    words.put(
        "optimizer", "Adam, learning rate " + learningRate + " on a cosine, gradient norm ≤ 1");
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " windows, one every " + stride + " samples");
    words.put("seed", Long.toString(seed));
    return words;
  }
}
