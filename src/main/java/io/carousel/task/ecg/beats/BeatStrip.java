package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import io.carousel.report.LineChart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A minute of a record with annotated and predicted beats.
 *
 * @param record its name
 * @param lead the name of the lead
 * @param millivolts of the lead
 * @param samplingRateHz of it
 * @param from the record's sample where it begins
 * @param beats in it
 */
record BeatStrip(
    String record,
    String lead,
    float[] millivolts,
    double samplingRateHz,
    long from,
    List<BeatClassifier.Beat> beats) {
  static final double SECONDS = 60;

  /**
   * The minute of a record with the most beats that are not N by annotation.
   *
   * @param probabilities of the classes of each beat of the record
   */
  static BeatStrip richest(BeatRecord record, double[][] probabilities) throws IOException {
    long span = Math.round(SECONDS * record.samplingRateHz());
    int best = 0;
    int most = -1;
    int count = 0;
    int first = 0;
    for (int end = 0; end < record.beatCount(); end++) {
      count += isEctopic(record, end) ? 1 : 0;
      while (record.beat(end) - record.beat(first) >= span) {
        count -= isEctopic(record, first++) ? 1 : 0;
      }
      if (count > most) {
        most = count;
        best = first;
      }
    }
    long from = Math.max(0, record.beat(best) - Math.round(record.samplingRateHz()));
    long to = Math.min(record.sampleCount(), from + span);
    List<BeatClassifier.Beat> beats = new ArrayList<>();
    for (int i = best; i < record.beatCount() && record.beat(i) < to; i++) {
      beats.add(BeatClassifier.beat(record, i, probabilities[i]));
    }
    return new BeatStrip(
        record.name(),
        record.leadNames().get(0),
        record.strip(from, to),
        record.samplingRateHz(),
        from,
        beats);
  }

  private static boolean isEctopic(BeatRecord record, int beat) {
    AamiClass known = record.annotatedClass(beat);
    return known != null && known != AamiClass.N && known != AamiClass.Q;
  }

  LineChart chart() {
    double[] times =
        IntStream.range(0, millivolts.length).mapToDouble(i -> i / samplingRateHz).toArray();
    double[] values = IntStream.range(0, times.length).mapToDouble(i -> millivolts[i]).toArray();
    LineChart chart =
        LineChart.titled("Record " + record + " with annotated and predicted beats")
            .note(
                String.format(
                    Locale.ROOT,
                    "Drag to zoom in. Over each beat its class as annotated and as predicted. Zero"
                        + " is second %.0f of the record.",
                    from / samplingRateHz))
            .x("time", "s")
            .y(lead, "mV")
            .view(0, 12)
            .atMost(30_000)
            .line(lead, times, values);
    for (BeatClassifier.Beat beat : beats) {
      double at = (beat.sample() - from) / samplingRateHz;
      AamiClass truth = beat.annotated();
      if (truth != null) {
        chart.mark("annotated", at, truth.name());
      }
      boolean right = truth == null || truth == beat.predicted();
      chart.mark(right ? "predicted" : "predicted otherwise", at, beat.predicted().name());
    }
    return chart;
  }
}
