package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.optim.Optimizer;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;

/**
 * The short way to train a {@link SequenceModel} on data sets: ten epochs of batches of 32,
 * gradient norm at most 1, unless said otherwise. {@link Trainer} is the long way.
 *
 * <pre>{@code
 * var trainer = SequenceTrainer.meanSquaredError(model, new Adam(model.parameters(), 0.01));
 * System.out.println(trainer.epochs(20).fit(train, validation));
 * }</pre>
 */
public final class SequenceTrainer {
  private final SequenceObjective objective;
  private final Optimizer optimizer;
  private TrainerSettings settings = new TrainerSettings().epochs(10).clipNorm(1);
  private int batchSize = 32;

  /**
   * A trainer with the settings above.
   *
   * @param objective a model with a loss
   * @param optimizer of the model's parameters
   */
  public SequenceTrainer(SequenceObjective objective, Optimizer optimizer) {
    this.objective = objective;
    this.optimizer = optimizer;
  }

  /** Minimises the mean squared error of the outputs. */
  public static SequenceTrainer meanSquaredError(SequenceModel model, Optimizer optimizer) {
    return new SequenceTrainer(SequenceObjective.meanSquaredError(model), optimizer);
  }

  /** Minimises the cross-entropy; the outputs are logits of classes. */
  public static SequenceTrainer crossEntropy(SequenceModel model, Optimizer optimizer) {
    return new SequenceTrainer(SequenceObjective.crossEntropy(model), optimizer);
  }

  /** Number of epochs. */
  public SequenceTrainer epochs(int count) {
    settings.epochs(count);
    return this;
  }

  /** Sequences per batch. */
  public SequenceTrainer batchSize(int sequences) {
    batchSize = sequences;
    return this;
  }

  /** All settings anew. */
  public SequenceTrainer settings(TrainerSettings all) {
    settings = all;
    return this;
  }

  /**
   * Trains from the start, once, on shuffled batches whose order follows from the model's seed;
   * then optimizer and objective are closed.
   *
   * @param train to learn from
   * @param validation to watch
   */
  public TrainingResult fit(SequenceDataset train, SequenceDataset validation) throws IOException {
    long seed = objective.parameters().seed();
    try (Trainer<SequenceBatch> trainer = new Trainer<>(objective, optimizer, settings)) {
      return trainer.fit(
          SequenceBatches.shuffled(train, batchSize, seed),
          SequenceBatches.inOrder(validation, batchSize));
    }
  }
}
