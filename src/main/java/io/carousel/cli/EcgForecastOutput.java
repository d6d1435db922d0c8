package io.carousel.cli;

import io.carousel.data.IndexRange;
import io.carousel.data.ecg.RPeakDetector;
import io.carousel.task.ecg.BeatScore;
import io.carousel.task.ecg.ForecastError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A forecast as a table, and in a few words. */
final class EcgForecastOutput {
  private final float[] signal;
  private final float[] forecast;
  private final IndexRange wanted;
  private final long firstSample;
  private final double samplingRateHz;

  /**
   * Describes a forecast.
   *
   * @param signal [T] in mV
   * @param forecast [T] in mV, NaN at the beginning
   * @param wanted what is told of it
   * @param firstSample number of {@code signal[0]} in its file
   * @param samplingRateHz samples per second
   */
  EcgForecastOutput(
      float[] signal,
      float[] forecast,
      IndexRange wanted,
      long firstSample,
      double samplingRateHz) {
    this.signal = signal;
    this.forecast = forecast;
    this.wanted = wanted;
    this.firstSample = firstSample;
    this.samplingRateHz = samplingRateHz;
  }

  /** One row per sample under {@code time_s,value_mV,forecast_mV}. */
  void writeCsv(Writer out) throws IOException {
    out.write("time_s,value_mV,forecast_mV\n");
    for (int t = wanted.from(); t < wanted.to(); t++) {
      String made = Float.isNaN(forecast[t]) ? "" : String.format(Locale.ROOT, "%.5f", forecast[t]);
      out.write(String.format(Locale.ROOT, "%.4f,%.5f,%s\n", seconds(t), signal[t], made));
    }
    out.flush();
  }

  /** The error, and the times of the beats whose score is above the threshold. */
  void summarise(PrintWriter out, double thresholdMillivolts) {
    int from = wanted.from();
    while (Float.isNaN(forecast[from])) {
      from++;
    }
    double rmse = ForecastError.rmse(signal, forecast, new IndexRange(from, wanted.to()));
    out.printf(
        Locale.ROOT,
        "forecast error   RMSE %.4f mV over %,d samples (%.1f s to %.1f s)%n",
        rmse,
        wanted.to() - from,
        seconds(from),
        seconds(wanted.to()));
    int[] peaks = new RPeakDetector(samplingRateHz).detect(signal);
    double[] scores = new BeatScore(samplingRateHz).score(signal, forecast, peaks);
    int scored = 0;
    List<Double> abnormal = new ArrayList<>();
    for (int beat = 0; beat < peaks.length; beat++) {
      if (peaks[beat] >= from && !Double.isNaN(scores[beat])) {
        scored++;
        if (scores[beat] > thresholdMillivolts) {
          abnormal.add(seconds(peaks[beat]));
        }
      }
    }
    out.printf("abnormal beats   %d of %d%s%n", abnormal.size(), scored, BeatTimes.words(abnormal));
    out.flush();
  }

  private double seconds(int t) {
    return (firstSample + t) / samplingRateHz;
  }
}
