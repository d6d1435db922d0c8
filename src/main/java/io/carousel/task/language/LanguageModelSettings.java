package io.carousel.task.language;

import io.carousel.data.text.TextUnit;
import io.carousel.device.Cell;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a language model is and how it is trained.
 *
 * @param network the model
 * @param learning its training
 * @param seed of weights, dropout and the samples in the report
 */
public record LanguageModelSettings(Network network, Learning learning, long seed) {
  /**
   * What {@code carousel train lm} does unless told otherwise: characters, an LSTM of 128 units, 50
   * streams, 50 steps, Adam for 3 epochs; the setting that tiny Shakespeare is measured in.
   */
  public static final LanguageModelSettings SHAKESPEARE =
      new LanguageModelSettings(
          new Network(TextUnit.CHAR, 0, Cell.LSTM, 128, 128, 1, 0, false, 0),
          new Learning(50, 50, 3, 3, Rule.ADAM, 8e-3, Decay.COSINE, 1, false),
          1);

  /**
   * The small model of Zaremba, Sutskever and Vinyals 2014 (arXiv 1409.2329) for words of the Penn
   * Treebank: two layers of 200 without dropout, plain SGD.
   */
  public static final LanguageModelSettings PTB_SMALL =
      new LanguageModelSettings(
          new Network(TextUnit.WORD, 0, Cell.LSTM, 200, 200, 2, 0, false, 0.1),
          new Learning(20, 20, 13, 13, Rule.SGD, 1, Decay.afterEpochs(4, 0.5), 5, true),
          1);

  /** The medium model of the same paper: two layers of 650, half of what flows upwards dropped. */
  public static final LanguageModelSettings PTB_MEDIUM =
      new LanguageModelSettings(
          new Network(TextUnit.WORD, 0, Cell.LSTM, 650, 650, 2, 0.5, false, 0.05),
          new Learning(35, 20, 39, 39, Rule.SGD, 1, Decay.afterEpochs(6, 1 / 1.2), 5, true),
          1);

  /** Optimizers. */
  public enum Rule {
    /** Adam with PyTorch's numbers (Kingma and Ba 2015). */
    ADAM,
    /** Plain stochastic gradient descent. */
    SGD
  }

  /**
   * The model.
   *
   * @param unit what a token is
   * @param maximumVocabulary most tokens, the most frequent ones of the training part; 0 for all
   * @param cell of the recurrent layers
   * @param embeddingSize numbers that stand for a token
   * @param hiddenSize H
   * @param layers stacked
   * @param dropout of what flows upwards and not through time: embedded tokens, what goes from
   *     layer to layer, and what the head sees (Zaremba, Sutskever and Vinyals 2014)
   * @param tied whether the head's weight is the embedding's table; needs embeddingSize =
   *     hiddenSize
   * @param range all weights start uniform in ±range; 0 for PyTorch's initial values
   */
  public record Network(
      TextUnit unit,
      int maximumVocabulary,
      Cell cell,
      int embeddingSize,
      int hiddenSize,
      int layers,
      double dropout,
      boolean tied,
      double range) {
    /** Checks the numbers. */
    public Network {
      positive("embedding", embeddingSize);
      positive("hidden", hiddenSize);
      positive("layers", layers);
      if (maximumVocabulary != 0 && maximumVocabulary < 3) {
        throw new IllegalArgumentException(
            "a vocabulary needs 3 tokens or more, or 0 for all, got " + maximumVocabulary);
      }
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException("dropout must lie in [0, 1), got " + dropout);
      }
      if (tied && embeddingSize != hiddenSize) {
        throw new IllegalArgumentException(
            "a tied model needs an embedding as wide as its hidden layers: got %d and %d"
                .formatted(embeddingSize, hiddenSize));
      }
      if (!(range >= 0 && range < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("range must be finite and not negative, got " + range);
      }
    }
  }

  /**
   * The training: truncated back-propagation through time over streams of the text.
   *
   * @param steps T, tokens that gradients flow through
   * @param batchSize N, streams side by side
   * @param epochs most epochs; early stopping may end before
   * @param patience epochs without improvement of validation before training ends
   * @param rule the optimizer
   * @param learningRate at the start
   * @param decay how the learning rate falls
   * @param clipNorm bound of the gradients' global norm
   * @param sumOverSteps what learning rate and bound refer to: false for the mean loss over all
   *     tokens of a batch; true, as in Zaremba, Sutskever and Vinyals 2014, for its sum over the
   *     steps, the mean over the streams only, whose gradients are T times as large
   */
  public record Learning(
      int steps,
      int batchSize,
      int epochs,
      int patience,
      Rule rule,
      double learningRate,
      Decay decay,
      double clipNorm,
      boolean sumOverSteps) {
    /** Checks the numbers. */
    public Learning {
      positive("steps", steps);
      positive("batch size", batchSize);
      positive("epochs", epochs);
      positive("patience", patience);
      if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY) || !(clipNorm > 0)) {
        throw new IllegalArgumentException(
            "learning rate %s and clip %s must be positive".formatted(learningRate, clipNorm));
      }
    }

    /**
     * The learning rate for gradients of the mean loss over tokens. SGD moves as far by T times the
     * gradient as at T times the rate; Adam does not see the scale of gradients.
     */
    public double rateOfMean() {
      return sumOverSteps && rule == Rule.SGD ? learningRate * steps : learningRate;
    }

    /** The bound of the gradients' norm for the mean loss over tokens. */
    public double clipOfMean() {
      return sumOverSteps ? clipNorm / steps : clipNorm;
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  /** The same with another seed. */
  public LanguageModelSettings withSeed(long other) {
    return new LanguageModelSettings(network, learning, other);
  }

  /**
   * Everything that decides the result, in words: what a checkpoint must agree on to be resumed.
   */
  public Map<String, String> describe() {
    Map<String, String> words = new LinkedHashMap<>();
    Network n = network;
    words.put(
        "tokens",
        n.unit == TextUnit.CHAR
            ? "characters"
            : "words" + (n.maximumVocabulary == 0 ? "" : ", the commonest " + n.maximumVocabulary));
    words.put(
        "network",
        "embedding %d, %s %d × %d, dropout %s%s, initial values %s"
            .formatted(
                n.embeddingSize,
                n.cell,
                n.layers,
                n.hiddenSize,
                n.dropout,
                n.tied ? ", tied" : "",
                n.range == 0 ? "PyTorch's" : "±" + n.range));
    Learning l = learning;
    words.put("batch", "%d streams of %d steps".formatted(l.batchSize, l.steps));
    words.put(
        "optimizer",
        "%s; learning rate %s %s; gradient norm ≤ %s; loss %s"
            .formatted(
                l.rule,
                l.learningRate,
                l.decay,
                l.clipNorm,
                l.sumOverSteps ? "summed over the steps" : "per token"));
    words.put("epochs", l.epochs + " at most, patience " + l.patience);
    words.put("seed", Long.toString(seed));
    return words;
  }
}
