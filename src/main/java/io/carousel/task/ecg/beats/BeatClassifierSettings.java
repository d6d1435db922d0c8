package io.carousel.task.ecg.beats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a classifier of heartbeats is and how it is trained.
 *
 * @param members models of the ensemble, at least 2; each leaves other records out for validation
 * @param hiddenSize H, of each direction
 * @param layers stacked bidirectional LSTM layers
 * @param dropout of the states before the head, in [0, 1)
 * @param inputDropout of the features, in [0, 1)
 * @param epochs most epochs; early stopping may end before
 * @param sequenceLength successive beats in a sequence
 * @param batchSize sequences per step and member
 * @param learningRate of AdamW, at the start of its cosine
 * @param weightDecay of AdamW
 * @param patience epochs without improvement before training ends
 * @param balance how far rare classes are made up for in the loss: a class weighs (beats of N /
 *     beats of the class)^balance
 * @param largestWeight of a class
 * @param simulated copies of each record whose rhythm is changed, for training; 0 for none
 * @param seed of weights, cuts, order and dropout
 */
public record BeatClassifierSettings(
    int members,
    int hiddenSize,
    int layers,
    double dropout,
    double inputDropout,
    int epochs,
    int sequenceLength,
    int batchSize,
    double learningRate,
    double weightDecay,
    int patience,
    double balance,
    double largestWeight,
    int simulated,
    long seed) {

  /** What {@code carousel train ecg-beats} does unless told otherwise. */
  public static final BeatClassifierSettings DEFAULT =
      new BeatClassifierSettings(5, 32, 1, 0.5, 0, 10, 48, 32, 3e-3, 0.01, 6, 0.7, 30, 1, 1);

  /** Checks the numbers. */
  public BeatClassifierSettings {
    atLeast("members", 2, members);
    atLeast("hidden", 1, hiddenSize);
    atLeast("layers", 1, layers);
    atLeast("epochs", 1, epochs);
    atLeast("sequenceLength", 2, sequenceLength);
    atLeast("batchSize", 1, batchSize);
    atLeast("patience", 1, patience);
    atLeast("simulated", 0, simulated);
    if (!(learningRate > 0)) {
      throw new IllegalArgumentException("learningRate must be positive, got " + learningRate);
    }
    if (!(balance >= 0 && largestWeight >= 1 && weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "balance %s and weightDecay %s must not be negative, largestWeight %s not below 1"
              .formatted(balance, weightDecay, largestWeight));
    }
  }

  private static void atLeast(String name, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", got " + value);
    }
  }

  /**
   * Everything that decides the result, in words: what a checkpoint must agree on to be resumed.
   */
  public Map<String, String> describe() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put(
        "model",
        "%d bidirectional LSTMs over beats, %d × %d units, dropout %s, of inputs %s"
            .formatted(members, layers, hiddenSize, dropout, inputDropout));
    words.put(
        "optimizer",
        "AdamW, learning rate %s on a cosine, weight decay %s, gradient norm ≤ 1"
            .formatted(learningRate, weightDecay));
    words.put("epochs", epochs + " at most, patience " + patience);
    words.put("batch", batchSize + " sequences of " + sequenceLength + " beats per member");
    words.put("class weights", "(N / class)^" + balance + ", at most " + largestWeight);
    words.put("simulated rhythms", simulated + " per record");
    words.put("seed", Long.toString(seed));
    return words;
  }

  /** The same with another number of members. */
  BeatClassifierSettings withMembers(int count) {
    return new BeatClassifierSettings(
        count,
        hiddenSize,
        layers,
        dropout,
        inputDropout,
        epochs,
        sequenceLength,
        batchSize,
        learningRate,
        weightDecay,
        patience,
        balance,
        largestWeight,
        simulated,
        seed);
  }
}
