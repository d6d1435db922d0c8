package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.nn.Initializer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link SequenceModel} that is to be built. Unless set, the head sees every step and
 * gives raw numbers.
 */
public final class SequenceModelBuilder {
  private final RecurrentLayer.Builder<?, ?> recurrent;
  private int vocabulary;
  private @Nullable Initializer embeddingInitializer;
  private double inputDropout;
  private Readout readout = Readout.EVERY_STEP;
  private double headDropout;
  private boolean tied;
  private int outputs = 1;
  private Activation outputActivation = Activation.IDENTITY;

  SequenceModelBuilder(RecurrentLayer.Builder<?, ?> recurrent) {
    this.recurrent = recurrent;
  }

  /** The input is ids in 0..vocabulary-1, embedded into as many features as the stack takes. */
  public SequenceModelBuilder embedding(int size) {
    vocabulary = size;
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
    return this;
  }

  /** A linear head with one output per id, whose weight is the table of the embedding. */
  public SequenceModelBuilder tiedHead() {
    tied = true;
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
   */
  public SequenceModel build(Device device, long seed) {
    return new SequenceModel(spec(), recurrent, embeddingInitializer, device, seed);
  }
}
