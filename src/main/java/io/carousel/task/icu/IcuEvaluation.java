package io.carousel.task.icu;

import io.carousel.data.icu.IcuSet;
import io.carousel.data.icu.IcuStay;
import io.carousel.train.metrics.Auroc;
import io.carousel.train.metrics.AveragePrecision;
import io.carousel.train.metrics.Bootstrap;
import io.carousel.train.metrics.Calibration;
import java.util.List;

/**
 * How well risks tell who died.
 *
 * @param stays that were scored
 * @param risks one per stay, after 48 hours
 * @param died one per stay
 * @param auroc area under the ROC curve
 * @param aurocInterval its 95 % bootstrap interval
 * @param auprc average precision
 * @param auprcInterval its 95 % bootstrap interval
 * @param calibration reliability by tenths of the patients, and Brier score
 */
@SuppressWarnings("ArrayRecordComponent")
public record IcuEvaluation(
    List<IcuStay> stays,
    double[] risks,
    boolean[] died,
    double auroc,
    Bootstrap.Interval aurocInterval,
    double auprc,
    Bootstrap.Interval auprcInterval,
    Calibration calibration) {
  private static final int BINS = 10;
  private static final long SEED = 1;

  /**
   * Judges a model by every patient of a set with an outcome that it did not learn from.
   *
   * @throws IllegalArgumentException when no such patient is left, or all or none of them died
   */
  public static IcuEvaluation of(MortalityModel model, IcuSet set) {
    List<IcuStay> unseen = set.stays().stream().filter(s -> !model.learnedFrom(s)).toList();
    if (unseen.isEmpty()) {
      throw new IllegalArgumentException(
          set.source()
              + ": the model learned from all of these patients; judge it on another set, or train"
              + " with a held-back part (--test)");
    }
    return of(unseen, model.risks(unseen), set);
  }

  /** Judges risks of stays. */
  static IcuEvaluation of(List<IcuStay> stays, double[] risks, IcuSet set) {
    boolean[] died = new boolean[stays.size()];
    int deaths = 0;
    for (int i = 0; i < died.length; i++) {
      died[i] = set.died(stays.get(i));
      deaths += died[i] ? 1 : 0;
    }
    if (deaths == 0 || deaths == died.length) {
      throw new IllegalArgumentException(
          "%s: %d of the %d patients to judge by died: AUROC needs both"
              .formatted(set.source(), deaths, died.length));
    }
    return new IcuEvaluation(
        stays,
        risks,
        died,
        Auroc.of(risks, died),
        Bootstrap.interval(Auroc::of, risks, died, SEED),
        AveragePrecision.of(risks, died),
        Bootstrap.interval(AveragePrecision::of, risks, died, SEED),
        Calibration.of(risks, died, BINS));
  }

  /** How many of the patients died. */
  public int deaths() {
    int count = 0;
    for (boolean dead : died) {
      count += dead ? 1 : 0;
    }
    return count;
  }
}
