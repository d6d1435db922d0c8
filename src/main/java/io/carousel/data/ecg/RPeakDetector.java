package io.carousel.data.ecg;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the R peaks of an electrocardiogram: where two moving averages of its QRS-band energy
 * cross.
 *
 * <p>Elgendi, "Fast QRS detection with an optimized knowledge-based method" (PLoS ONE 8(9): e73557,
 * 2013), with the windows and the offset given there: the lead is filtered to 8-20 Hz and squared;
 * a QRS complex is where its mean over 97 ms (a QRS complex) is above its mean over 611 ms (a beat)
 * plus 0.08 of its mean over the whole signal, for 97 ms or longer; the R peak is the largest
 * filtered amplitude there, and of two within 200 ms the larger one stays. The filter here is of
 * second order, applied in both directions.
 *
 * <p>Works on a whole signal; {@link RPeakStream} is its form for streams.
 */
public final class RPeakDetector {
  private static final double LOW_HZ = 8;
  private static final double HIGH_HZ = 20;
  private static final double QRS_SECONDS = 0.097;
  private static final double BEAT_SECONDS = 0.611;
  private static final double OFFSET = 0.08;
  static final double REFRACTORY_SECONDS = 0.200;

  private final double samplingRateHz;

  /**
   * A detector for leads of this sampling rate.
   *
   * @throws IllegalArgumentException when it is below 50 Hz, too low for the 8-20 Hz band
   */
  public RPeakDetector(double samplingRateHz) {
    if (!(samplingRateHz >= 50 && samplingRateHz < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "finding R peaks needs a sampling rate of 50 Hz or more, got " + samplingRateHz);
    }
    this.samplingRateHz = samplingRateHz;
  }

  /**
   * The R peaks as indices into {@code lead}, ascending.
   *
   * @param lead one lead, in any unit of voltage
   * @throws IllegalArgumentException when a value is not finite
   */
  public int[] detect(float[] lead) {
    double[] band = BandPass.filter(centred(lead), samplingRateHz, LOW_HZ, HIGH_HZ);
    double[] energy = new double[band.length];
    double sum = 0;
    for (int i = 0; i < band.length; i++) {
      energy[i] = band[i] * band[i];
      sum += energy[i];
    }
    double[] overQrs = movingMean(energy, QRS_SECONDS);
    double[] overBeat = movingMean(energy, BEAT_SECONDS);
    double offset = OFFSET * sum / Math.max(1, band.length);
    List<Integer> peaks = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= band.length; i++) {
      if (i == band.length || overQrs[i] <= overBeat[i] + offset) {
        if (i - start >= QRS_SECONDS * samplingRateHz) {
          addPeak(peaks, largest(band, start, i), band);
        }
        start = i + 1;
      }
    }
    return peaks.stream().mapToInt(Integer::intValue).toArray();
  }

  private void addPeak(List<Integer> peaks, int peak, double[] band) {
    int last = peaks.size() - 1;
    if (last < 0 || peak - peaks.get(last) >= REFRACTORY_SECONDS * samplingRateHz) {
      peaks.add(peak);
    } else if (Math.abs(band[peak]) > Math.abs(band[peaks.get(last)])) {
      peaks.set(last, peak);
    }
  }

  private static int largest(double[] band, int from, int to) {
    int largest = from;
    for (int i = from + 1; i < to; i++) {
      if (Math.abs(band[i]) > Math.abs(band[largest])) {
        largest = i;
      }
    }
    return largest;
  }

  private static double[] centred(float[] lead) {
    double sum = 0;
    for (int i = 0; i < lead.length; i++) {
      if (!Float.isFinite(lead[i])) {
        throw new IllegalArgumentException(
            "cannot find R peaks: sample " + i + " is " + lead[i] + "; fill or cut it first");
      }
      sum += lead[i];
    }
    double[] centred = new double[lead.length];
    for (int i = 0; i < lead.length; i++) {
      centred[i] = lead[i] - sum / lead.length; // less of a step for the filter to start with
    }
    return centred;
  }

  /** Means over {@code seconds} around each value; shorter where the signal ends. */
  private double[] movingMean(double[] values, double seconds) {
    int reach = (int) Math.round(seconds * samplingRateHz) / 2;
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(i - reach, 0);
      int to = Math.min(i + reach + 1, values.length);
      means[i] = (sums[to] - sums[from]) / (to - from);
    }
    return means;
  }
}
