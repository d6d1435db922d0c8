package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.optim.Optimizer;
import io.carousel.train.EpochMetrics;
import io.carousel.train.FreshBatches;
import io.carousel.train.SequenceBatches;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingException;
import io.carousel.train.TrainingListener;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model is taught: on examples that never come twice, so many at a time, until it is good
 * enough on others or the steps are used up.
 *
 * @param batchSize examples per step
 * @param steps at most
 * @param every how many steps there are between two looks at the validation set
 * @param clipNorm bound of the gradient's norm, infinite for none
 * @param goal validation loss at which training ends
 */
record Lesson(int batchSize, int steps, int every, double clipNorm, double goal) {
  private static final int VALIDATION_BATCH = 100;

  /**
   * What came of it.
   *
   * @param history one entry per look
   * @param diverged whether loss or gradients ceased to be finite
   */
  record Curve(List<EpochMetrics> history, boolean diverged) {
    /** Steps at each look. */
    double[] steps() {
      return history.stream().mapToDouble(EpochMetrics::step).toArray();
    }

    /** Validation loss at each look. */
    double[] losses() {
      return history.stream().mapToDouble(EpochMetrics::validationLoss).toArray();
    }

    /** The largest norm of a gradient, before clipping, between two looks. */
    double[] norms() {
      return history.stream().mapToDouble(EpochMetrics::gradientNorm).toArray();
    }

    /** How many steps were made by the last look. */
    int made() {
      return history.isEmpty() ? 0 : (int) history.get(history.size() - 1).step();
    }
  }

  /** Teaches; closes objective and optimizer. */
  Curve teach(
      SequenceObjective objective,
      Optimizer optimizer,
      SequenceDataset examples,
      SequenceDataset validation)
      throws IOException {
    Stop stop = new Stop(goal);
    TrainerSettings settings =
        new TrainerSettings().epochs(steps / every).clipNorm(clipNorm).listener(stop);
    try (Trainer<SequenceBatch> trainer = new Trainer<>(objective, optimizer, settings)) {
      stop.trainer = trainer;
      boolean diverged = false;
      try {
        trainer.fit(
            new FreshBatches(examples, batchSize, every),
            SequenceBatches.inOrder(validation, VALIDATION_BATCH));
      } catch (TrainingException e) {
        diverged = true;
      }
      return new Curve(trainer.history(), diverged);
    }
  }

  /** Ends training at the goal. */
  private static final class Stop implements TrainingListener {
    private final double goal;
    private @Nullable Trainer<?> trainer;

    Stop(double goal) {
      this.goal = goal;
    }

    @Override
    public void epochEnded(EpochMetrics metrics) {
      if (trainer != null && metrics.validationLoss() <= goal) {
        trainer.requestStop();
      }
    }
  }
}
