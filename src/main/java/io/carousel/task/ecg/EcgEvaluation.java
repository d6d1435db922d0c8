package io.carousel.task.ecg;

import io.carousel.data.IndexRange;
import io.carousel.data.ecg.RPeakDetector;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A forecaster judged on a lead: its error on the held-back part, and the beats that its error
 * marks as abnormal.
 *
 * @param signal [T] in mV
 * @param forecast [T] in mV, NaN at the beginning
 * @param rmseMillivolts over the test part
 * @param rPeaks samples of all beats that were found
 * @param scores one per beat, in mV
 * @param threshold scores above it mark abnormal beats
 * @param abnormal one per beat
 */
@SuppressWarnings("ArrayRecordComponent")
record EcgEvaluation(
    float[] signal,
    float[] forecast,
    double rmseMillivolts,
    int[] rPeaks,
    double[] scores,
    double threshold,
    boolean[] abnormal) {

  /** Judges a forecaster; the threshold is fitted on beats before the test part. */
  static EcgEvaluation of(
      Forecaster forecaster, float[] signal, double samplingRateHz, IndexRange test) {
    float[] forecast = forecaster.forecast(signal);
    int[] rPeaks = new RPeakDetector(samplingRateHz).detect(signal);
    double[] scores = new BeatScore(samplingRateHz).score(signal, forecast, rPeaks);
    double[] training = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      training[i] = rPeaks[i] < test.from() ? scores[i] : Double.NaN;
    }
    AbnormalBeats beats = AbnormalBeats.fit(training, AbnormalBeats.DEFAULT_K);
    return new EcgEvaluation(
        signal,
        forecast,
        ForecastError.rmse(signal, forecast, test),
        rPeaks,
        scores,
        beats.threshold(),
        beats.mark(scores));
  }

  /** Number of beats in a part, or of abnormal ones. */
  int count(IndexRange part, boolean onlyAbnormal) {
    int count = 0;
    for (int i = 0; i < rPeaks.length; i++) {
      boolean inside = rPeaks[i] >= part.from() && rPeaks[i] < part.to();
      if (inside && (!onlyAbnormal || abnormal[i])) {
        count++;
      }
    }
    return count;
  }

  /** When the abnormal beats of a part are, in seconds from the start of the lead. */
  List<Double> abnormalSeconds(IndexRange part, double samplingRateHz) {
    return IntStream.range(0, rPeaks.length)
        .filter(i -> abnormal[i] && rPeaks[i] >= part.from() && rPeaks[i] < part.to())
        .mapToObj(i -> rPeaks[i] / samplingRateHz)
        .toList();
  }
}
