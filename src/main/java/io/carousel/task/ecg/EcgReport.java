package io.carousel.task.ecg;

import io.carousel.data.IndexRange;
import io.carousel.nn.Parameter;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.EpochMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The report of an ECG run: loss curves, the held-back strip with forecast and marked beats, model,
 * provenance.
 */
final class EcgReport {
  private final EcgForecast.Outcome outcome;
  private final EcgEvaluation lstm;
  private final IndexRange test;
  private final EcgForecaster.Card card;
  private final SequenceModel model;
  private final Map<String, String> provenance;

  EcgReport(
      EcgForecast.Outcome outcome,
      EcgEvaluation lstm,
      IndexRange test,
      EcgForecaster.Card card,
      SequenceModel model,
      Map<String, String> provenance) {
    this.outcome = outcome;
    this.lstm = lstm;
    this.test = test;
    this.card = card;
    this.model = model;
    this.provenance = provenance;
  }

  Report build() {
    return Report.titled("Forecasting an electrocardiogram")
        .subtitle(
            "MIT-BIH record 208, lead MLII: an LSTM learned from three and a half minutes, half a"
                + " minute decided when to stop, the last minute judges")
        .lead(facts(), explanation())
        .section("Training", losses())
        .section("Forecast", strip(), error(), baselines())
        .section("Model", layers())
        .section("Provenance", keyValues());
  }

  private Facts facts() {
    return Facts.of(
        Fact.of("Forecast error (RMSE)", outcome.lstmRmse(), 3)
            .unit("mV")
            .note(
                String.format(
                    Locale.ROOT,
                    "AR %.3f, last value %.3f",
                    outcome.arRmse(),
                    outcome.lastValueRmse())),
        Fact.of("Abnormal beats", outcome.abnormalTestBeats())
            .note("of %d in the held-back minute".formatted(outcome.testBeats())),
        Fact.of("Weights", outcome.parameters()),
        Fact.of("Training time", seconds(), 0)
            .unit("s")
            .note("%d epochs".formatted(outcome.training().history().size())),
        Fact.of("Peak memory", outcome.peakMemoryBytes() / 1e6, 0)
            .unit("MB")
            .note("of the whole process"));
  }

  private double seconds() {
    return outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
  }

  private Paragraph explanation() {
    double ahead = 1000 * card.horizon() / card.samplingRateHz();
    return Paragraph.of(
        String.format(
                Locale.ROOT,
                "Each point of the forecast was made %.0f ms before, from the samples up to then. ",
                ahead)
            + "Abnormal beats, in this record premature ventricular and fusion beats, look unlike"
            + " the beats before them, so their forecast fails: a beat whose error is far above the"
            + " usual one is marked. No annotation was used.");
  }

  private LineChart losses() {
    List<EpochMetrics> history = outcome.training().history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Loss by epoch")
        .note(
            "Mean squared error of the normalised signal. The weights of epoch %d were kept."
                .formatted(outcome.training().bestEpoch()))
        .x("epoch")
        .y("mean squared error")
        .line("training", epochs, column(history, EpochMetrics::trainLoss))
        .line("validation", epochs, column(history, EpochMetrics::validationLoss));
  }

  private static double[] column(List<EpochMetrics> rows, ToDoubleFunction<EpochMetrics> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private LineChart strip() {
    LineChart chart =
        LineChart.titled("ECG and forecast, held-back minute")
            .note(
                "Drag to zoom in. An exclamation mark stands over the beats whose forecast error is"
                    + " abnormal. Zero is the start of the held-back minute.")
            .x("time", "s")
            .y("MLII", "mV")
            .view(0, 10)
            .atMost(30_000)
            .syncedBy("time")
            .reference("truth", times(), values(lstm.signal()))
            .line("forecast", times(), values(lstm.forecast()));
    for (int beat : abnormalBeats()) {
      chart.mark("abnormal beat", time(lstm.rPeaks()[beat]), "!");
    }
    return chart;
  }

  private LineChart error() {
    float[] error = new float[lstm.signal().length];
    for (int t = 0; t < error.length; t++) {
      error[t] = Math.abs(lstm.signal()[t] - lstm.forecast()[t]);
    }
    double reach = BeatScore.WINDOW_SECONDS;
    LineChart chart =
        LineChart.titled("Forecast error")
            .note(
                String.format(
                    Locale.ROOT,
                    "A beat's score is the root mean square of the error within %.0f ms around it;"
                        + " above %.3f mV it is marked.",
                    reach * 1000,
                    lstm.threshold()))
            .x("time", "s")
            .y("absolute error", "mV")
            .view(0, 10)
            .atMost(30_000)
            .syncedBy("time")
            .line("error", times(), values(error));
    for (int beat : abnormalBeats()) {
      double at = time(lstm.rPeaks()[beat]);
      chart.band("abnormal beat", at - reach, at + reach);
    }
    return chart;
  }

  private int[] abnormalBeats() {
    return IntStream.range(0, lstm.rPeaks().length)
        .filter(i -> lstm.abnormal()[i] && lstm.rPeaks()[i] >= test.from())
        .toArray();
  }

  /** Seconds since the held-back part began. */
  private double time(int sample) {
    return (sample - test.from()) / card.samplingRateHz();
  }

  private double[] times() {
    return IntStream.range(test.from(), test.to()).mapToDouble(this::time).toArray();
  }

  private double[] values(float[] all) {
    return IntStream.range(test.from(), test.to()).mapToDouble(t -> all[t]).toArray();
  }

  private Table baselines() {
    return Table.captioned("Error of three forecasts on the held-back minute")
        .text("forecast")
        .number("RMSE", "mV", 4)
        .number("relative to AR", 3)
        .highlight("LSTM", outcome.lstmRmse(), outcome.lstmRmse() / outcome.arRmse())
        .row("least-squares AR of the same context length", outcome.arRmse(), 1.0)
        .row("last value", outcome.lastValueRmse(), outcome.lastValueRmse() / outcome.arRmse());
  }

  private Table layers() {
    Table table =
        Table.captioned("Weights of the model")
            .text("weight")
            .text("shape")
            .count("numbers")
            .count("bytes");
    long bytes = model.queue().device().realType().bytes();
    for (Parameter parameter : model.parameters()) {
      table.row(
          parameter.path(),
          Arrays.toString(parameter.shape()),
          parameter.size(),
          parameter.size() * bytes);
    }
    long count = model.parameters().elementCount();
    return table.total("all", "", count, count * bytes);
  }

  private KeyValues keyValues() {
    KeyValues keyValues = KeyValues.empty();
    provenance.forEach(keyValues::add);
    return keyValues;
  }
}
