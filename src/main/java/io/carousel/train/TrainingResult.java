package io.carousel.train;

import java.util.List;
import java.util.Locale;

/**
 * How training ended.
 *
 * @param history one entry per finished epoch, earlier runs included
 * @param bestEpoch the epoch of the least validation loss (training loss without validation), 0
 *     when none was finished
 * @param end why it ended
 */
public record TrainingResult(List<EpochMetrics> history, int bestEpoch, End end) {
  /** Why training ended. */
  public enum End {
    /** All epochs were done. */
    FINISHED,
    /** Validation did not improve any more; the best weights are back. */
    STOPPED_EARLY,
    /** It was asked to stop, and can be resumed from its checkpoint. */
    INTERRUPTED
  }

  /** The loss of the best epoch. */
  public double bestLoss() {
    if (bestEpoch == 0) {
      return Double.NaN;
    }
    EpochMetrics best = history.get(bestEpoch - 1);
    return Double.isNaN(best.validationLoss()) ? best.trainLoss() : best.validationLoss();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s after %d epochs, best loss %.6f in epoch %d",
        end.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        history.size(),
        bestLoss(),
        bestEpoch);
  }
}
