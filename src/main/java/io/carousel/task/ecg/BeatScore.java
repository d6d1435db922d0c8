package io.carousel.task.ecg;

import io.carousel.data.IndexRange;

/**
 * Scores each beat by the forecast error around its R peak: the root mean squared error within 150
 * ms before and after it.
 *
 * <p>150 ms on either side hold the QRS complex, of premature ventricular beats too, and are the
 * tolerance within which ANSI/AAMI EC57 takes two beat marks for the same beat.
 */
public final class BeatScore {
  /** How far the window reaches to either side of the R peak, in seconds. */
  public static final double WINDOW_SECONDS = 0.150;

  private final int reach;

  /** Scores signals of this sampling rate. */
  public BeatScore(double samplingRateHz) {
    if (!(samplingRateHz > 0 && samplingRateHz < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("bad sampling rate: " + samplingRateHz + " Hz");
    }
    this.reach = (int) Math.round(WINDOW_SECONDS * samplingRateHz);
  }

  /** Samples that a score looks at: the R peak and as many before as after it. */
  int windowLength() {
    return 2 * reach + 1;
  }

  /**
   * The scores {@code [beats]}, in the unit of the signal; NaN for a beat whose window reaches
   * outside of the signal or begins before the first forecast.
   *
   * @param signal {@code [T]}
   * @param forecast {@code [T]}, entry t being the forecast of {@code signal[t]}; NaN where there
   *     is none, at the beginning
   * @param rPeaks {@code [beats]}, indices into the signal
   * @throws IllegalArgumentException when the lengths differ or a peak lies outside of the signal
   */
  public double[] score(float[] signal, float[] forecast, int[] rPeaks) {
    double[] scores = new double[rPeaks.length];
    for (int beat = 0; beat < rPeaks.length; beat++) {
      int peak = rPeaks[beat];
      if (peak < 0 || peak >= signal.length) {
        throw new IllegalArgumentException(
            "R peak " + beat + " at " + peak + " is outside of a signal of " + signal.length);
      }
      int from = peak - reach;
      int to = peak + reach + 1;
      boolean covered = from >= 0 && to <= signal.length && !Float.isNaN(forecast[from]);
      scores[beat] =
          covered ? ForecastError.rmse(signal, forecast, new IndexRange(from, to)) : Double.NaN;
    }
    return scores;
  }
}
