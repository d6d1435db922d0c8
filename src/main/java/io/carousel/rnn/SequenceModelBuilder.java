package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.nn.Embedding;
import io.carousel.nn.Initializer;
import io.carousel.nn.Linear;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link SequenceModel} that is to be built. Unless set, the head sees every step and
 * gives raw numbers.
 */
public final class SequenceModelBuilder {
  private final RecurrentLayer.Builder<?, ?> recurrent;
  private int vocabulary;
  private @Nullable Initializer embeddingInitializer;
  private Embedding.@Nullable Weights embeddingWeights;
  private double inputDropout;
  private Readout readout = Readout.EVERY_STEP;
  private double headDropout;
  private boolean tied;
  private Linear.@Nullable Weights headWeights;
  private int outputs = 1;
  private Activation outputActivation = Activation.IDENTITY;

  SequenceModelBuilder(RecurrentLayer.Builder<?, ?> recurrent) {
    this.recurrent = recurrent;
  }

  /** The input is ids in 0..vocabulary-1, embedded into as many features as the stack takes. */
  public SequenceModelBuilder embedding(int size) {
    vocabulary = size;
    embeddingWeights = null;
    return this;
  }

  /** The input is ids whose vectors are given, such as those of {@link Embedding#load}. */
  public SequenceModelBuilder embedding(Embedding.Weights weights) {
    vocabulary = weights.ids();
    embeddingWeights = weights;
    return this;
  }

  /** How the table of the embedding is drawn; PyTorch's standard normal numbers unless set. */
  public SequenceModelBuilder embeddingInitializer(Initializer initializer) {
    embeddingInitializer = initializer;
    return this;
  }

  /** Probability of dropping an input of the stack in training. */
  public SequenceModelBuilder inputDropout(double rate) {
    inputDropout = rate;
    return this;
  }

  /** What the head sees. */
  public SequenceModelBuilder readout(Readout what) {
    readout = what;
    return this;
  }

  /** Probability of dropping an input of the head in training. */
  public SequenceModelBuilder headDropout(double rate) {
    headDropout = rate;
    return this;
  }

  /** A linear head with that many outputs: classes, or numbers to be predicted. */
  public SequenceModelBuilder head(int columns) {
    tied = false;
    outputs = columns;
    headWeights = null;
    return this;
  }

  /** A linear head whose weights are given, such as those of {@link Linear#load}. */
  public SequenceModelBuilder head(Linear.Weights weights) {
    tied = false;
    outputs = weights.outputSize();
    headWeights = weights;
    return this;
  }

  /** A linear head with one output per id, whose weight is the table of the embedding. */
  public SequenceModelBuilder tiedHead() {
    tied = true;
    headWeights = null;
    return this;
  }

  /** The same with given weights, which must be those of the given embedding. */
  public SequenceModelBuilder tiedHead(Linear.Weights weights) {
    tied = true;
    headWeights = weights;
    return this;
  }

  /** A function of the outputs; identity for losses that take logits. */
  public SequenceModelBuilder outputActivation(Activation f) {
    outputActivation = f;
    return this;
  }

  /** What is to be built. */
  public SequenceModelSpec spec() {
    return new SequenceModelSpec(
        vocabulary,
        inputDropout,
        recurrent.spec(),
        readout,
        headDropout,
        tied,
        tied ? vocabulary : outputs,
        outputActivation);
  }

  /**
   * Builds the model.
   *
   * @param device where it runs
   * @param seed of initial values and dropout
   * @throws IllegalArgumentException when given weights do not fit together
   */
  public SequenceModel build(Device device, long seed) {
    SequenceModelSpec spec = spec();
    Initializer embedding = embeddingInitializer;
    if (embeddingWeights != null) {
      require(embedding == null, "the embedding has its weights: there is nothing to draw");
      requireSize("embedding gives", embeddingWeights.features(), spec.recurrent().inputSize());
      embedding = Initializer.values(embeddingWeights.table());
    }
    if (headWeights != null) {
      requireSize("head takes", headWeights.inputSize(), spec.headInputSize());
      require(
          !tied
              || (embeddingWeights != null
                  && Arrays.equals(embeddingWeights.table(), headWeights.weight())),
          "the head is not tied: its weights are not those of the embedding");
    }
    SequenceModel.Initialization initial = new SequenceModel.Initialization(embedding, headWeights);
    return new SequenceModel(spec, recurrent, initial, device, seed);
  }

  private static void requireSize(String what, int given, int expected) {
    require(
        given == expected,
        "the %s %d numbers a row, the stack %s %d"
            .formatted(what, given, what.startsWith("head") ? "gives" : "takes", expected));
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
