package io.carousel.task.icu;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model of mortality is and how it is trained.
 *
 * @param hiddenSize H, GRU units of each member
 * @param members of the ensemble, each of which leaves another part of the training patients out; 2
 *     or more
 * @param decay whether values and states decay between measurements, see {@link InputDecay} and
 *     {@link StateDecay}
 * @param inputDropout of the features, the same ones in all steps of a stay
 * @param outputDropout of the GRU's states before the output
 * @param replication weight of the mean loss of all steps, beside 1 − that of the last step; in [0,
 *     1]
 * @param epochs most epochs; early stopping may end before
 * @param batchSize stays per step and member
 * @param learningRate of AdamW, at the start of its cosine
 * @param weightDecay of AdamW
 * @param patience epochs without improvement before training ends
 * @param testFraction of the patients that is kept to judge the model, in [0, 0.5]
 * @param seed of the split, weights, shuffling and dropout
 */
public record IcuSettings(
    int hiddenSize,
    int members,
    boolean decay,
    double inputDropout,
    double outputDropout,
    double replication,
    int epochs,
    int batchSize,
    double learningRate,
    double weightDecay,
    int patience,
    double testFraction,
    long seed) {

  /** What {@code carousel train icu} does unless told otherwise. */
  public static final IcuSettings DEFAULT =
      new IcuSettings(32, 10, false, 0.3, 0.3, 0.3, 16, 64, 2e-3, 0.05, 4, 0.1, 1);

  /** Checks the numbers that no other class checks. */
  public IcuSettings {
    positive("hidden", hiddenSize);
    positive("epochs", epochs);
    positive("batchSize", batchSize);
    positive("patience", patience);
    share("inputDropout", inputDropout);
    share("outputDropout", outputDropout);
    if (members < 2 || members > 20) {
      throw new IllegalArgumentException("members must be 2 to 20, got " + members);
    }
    if (!(learningRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "learningRate must be positive and weightDecay not negative, got %s and %s"
              .formatted(learningRate, weightDecay));
    }
    if (!(replication >= 0 && replication <= 1)) {
      throw new IllegalArgumentException("replication must lie in [0, 1], got " + replication);
    }
    if (!(testFraction >= 0 && testFraction <= 0.5)) {
      throw new IllegalArgumentException("testFraction must lie in [0, 0.5], got " + testFraction);
    }
  }

  private static void share(String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1), got " + rate);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  /** The architecture of the ensemble. */
  MortalityNet.Spec net() {
    return new MortalityNet.Spec(
        StayFeatures.COUNT, hiddenSize, members, decay, inputDropout, outputDropout);
  }

  /** Everything that decides the result, in words. */
  public Map<String, String> describe() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put(
        "ensemble",
        "%d GRUs of %d units, each without 1/%d of the training patients%s"
            .formatted(members, hiddenSize, members, decay ? ", GRU-D style decay" : ""));
    words.put("dropout", "of inputs %s, of outputs %s".formatted(inputDropout, outputDropout));
    words.put(
        "loss", "logistic, weight %s on all hours, the rest on the last".formatted(replication));
    words.put(
        "optimizer",
        "AdamW, learning rate %s on a cosine, weight decay %s, gradient norm ≤ 1"
            .formatted(learningRate, weightDecay));
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " stays per member");
    words.put("held back", testFraction + " of the patients");
    words.put("seed", Long.toString(seed));
    return words;
  }
}
