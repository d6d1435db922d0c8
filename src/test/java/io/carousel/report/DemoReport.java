package io.carousel.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A report like the one of a training run on an ECG, with synthesised content. */
final class DemoReport {
  private static final double SAMPLING_RATE_HZ = 360;
  private static final int EPOCHS = 24;

  private final Random random = new Random(208);
  private final List<Double> ectopicSeconds = new ArrayList<>();
  private final double[] seconds =
      IntStream.range(0, 21_600).mapToDouble(i -> i / SAMPLING_RATE_HZ).toArray();
  private final double[] truth = ecg();
  private final double[] forecast = forecast();

  static Report build() {
    return new DemoReport().report();
  }

  private Report report() {
    double[] epochs = IntStream.rangeClosed(1, EPOCHS).mapToDouble(i -> i).toArray();
    LineChart losses =
        LineChart.titled("Loss by epoch")
            .note(
                "Mean squared error of the normalised signal. The best validation loss, at epoch"
                    + " 21, was kept.")
            .x("epoch")
            .y("mean squared error")
            .logarithmicY()
            .line("training", epochs, decay(0.62, 0.034, 5))
            .line("validation", epochs, decay(0.71, 0.043, 5.5))
            .level("AR(32) on validation", 0.0612);
    LineChart strip =
        LineChart.titled("ECG and forecast, held-back minute")
            .note("Each point of the forecast was made 30 samples (83 ms) before.")
            .x("time", "s")
            .y("MLII", "mV")
            .view(0, 10)
            .atMost(30_000)
            .syncedBy("time")
            .reference("truth", seconds, truth)
            .line("forecast", seconds, forecast);
    LineChart error =
        LineChart.titled("Forecast error")
            .note("Root mean square over 200 ms. Shaded beats lie above the threshold.")
            .x("time", "s")
            .y("error", "mV")
            .view(0, 10)
            .syncedBy("time")
            .line("error", seconds, error())
            .level("threshold", 0.25);
    for (double at : ectopicSeconds) {
      strip.mark("abnormal beat", at, "V");
      error.band("abnormal beat", at - 0.12, at + 0.25);
    }
    return Report.titled("Forecasting an electrocardiogram")
        .subtitle(
            "An LSTM learns five minutes of MIT-BIH record 208, lead MLII, and forecasts 83 ms"
                + " ahead")
        .lead(
            Facts.of(
                Fact.of("Forecast error (RMSE)", 0.1823, 3)
                    .unit("mV")
                    .note("AR(32) 0.211, last value 0.394"),
                Fact.of("Abnormal beats, AUROC", 0.974, 3).note("97 V and F against 412 N beats"),
                Fact.of("Training time", "1 min 52 s").note("24 epochs, 2 threads"),
                Fact.of("Peak memory", 412.6, 0).unit("MB").note("of which 96 MB off the heap")),
            Paragraph.of(
                "The network reads the last 256 samples and forecasts the sample 30 ahead."
                    + " Premature ventricular beats come early and look unlike the beats before"
                    + " them, so their forecast fails: the error around a beat is its score."))
        .section("Training", losses)
        .section("Forecast", strip, error, baselines())
        .section("Model", model())
        .section(
            "Provenance",
            KeyValues.empty()
                .add("Data", "MIT-BIH Arrhythmia Database, record 208, samples 422,820 to 530,820")
                .add(
                    "Data SHA-256",
                    "9f3c0d6b1f0e6a4b7c2d8e5f90123456789abcdef0123456789abcdef0123456")
                .add("Seed", 42)
                .add(
                    "Configuration",
                    "hidden 64, layers 2, dropout 0.1, batch 32, window 256, Adam 0.002, clip 1.0")
                .add("Device", "cpu: OpenBLAS 0.3.31, 2 threads, AVX-512")
                .add("Versions", "Carousel 0.1.0, Java 17.0.15, Linux amd64")
                .add("Command", "carousel train ecg --seed 42"));
  }

  private static Table baselines() {
    return Table.captioned("Forecast error on the held-back last minute")
        .text("forecast")
        .number("RMSE", "mV", 3)
        .number("mean absolute error", "mV", 3)
        .number("AUROC of beats", 3)
        .highlight("LSTM, 2 × 64", 0.1823, 0.0937, 0.974)
        .row("AR(32), least squares", 0.2114, 0.1171, 0.968)
        .row("last value", 0.3942, 0.2250, 0.871);
  }

  private static Table model() {
    return Table.captioned("Layers and parameters")
        .text("layer")
        .text("output shape")
        .count("parameters")
        .count("bytes")
        .row("lstm, layer 0", "[T, N, 64]", 17_152, 68_608)
        .row("lstm, layer 1", "[T, N, 64]", 33_280, 133_120)
        .row("linear", "[N, 1]", 65, 260)
        .total("total", "", 50_497, 201_988);
  }

  private double[] decay(double from, double to, double epochs) {
    return IntStream.range(0, EPOCHS)
        .mapToDouble(
            i ->
                to
                    + (from - to)
                        * Math.exp(-i * 5.0 / EPOCHS / epochs * 5.5)
                        * (1 + 0.06 * random.nextGaussian()))
        .toArray();
  }

  private double[] ecg() {
    double[] signal = new double[seconds.length];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = 0.05 * Math.sin(2 * Math.PI * 0.28 * seconds[i]) + 0.012 * random.nextGaussian();
    }
    double at = 0.4;
    while (at < 60) {
      boolean ectopic = at > 2 && random.nextDouble() < 0.2;
      if (ectopic) {
        at -= 0.2;
        ectopicSeconds.add(at);
        bump(signal, at, 0.045, 1.9);
        bump(signal, at + 0.09, 0.05, -0.7);
        bump(signal, at + 0.27, 0.07, -0.55);
        at += 1.02;
      } else {
        bump(signal, at - 0.17, 0.025, 0.14);
        bump(signal, at - 0.03, 0.010, -0.13);
        bump(signal, at, 0.012, 1.35);
        bump(signal, at + 0.032, 0.012, -0.28);
        bump(signal, at + 0.26, 0.05, 0.28);
        at += 0.74 + 0.03 * random.nextGaussian();
      }
    }
    return signal;
  }

  private void bump(double[] signal, double centre, double width, double height) {
    for (int i = 0; i < signal.length; i++) {
      double z = (seconds[i] - centre) / width;
      signal[i] += Math.abs(z) < 6 ? height * Math.exp(-z * z / 2) : 0;
    }
  }

  private double[] forecast() {
    double[] forecast = new double[truth.length];
    double wander = 0;
    for (int i = 0; i < truth.length; i++) {
      double now = seconds[i];
      boolean surprised = ectopicSeconds.stream().anyMatch(at -> now > at - 0.15 && now < at + 0.4);
      double late = truth[Math.max(0, i - (surprised ? 26 : 2))];
      wander = 0.97 * wander + 0.012 * random.nextGaussian();
      // nothing is forecast before the first whole context
      forecast[i] = i < 256 ? Double.NaN : (surprised ? 0.6 : 0.93) * late + wander;
    }
    return forecast;
  }

  private double[] error() {
    int half = 36;
    double[] error = new double[truth.length];
    for (int i = 0; i < error.length; i++) {
      double sum = 0;
      for (int j = Math.max(0, i - half); j < Math.min(error.length, i + half); j++) {
        sum += Math.pow(truth[j] - forecast[j], 2) / (2 * half);
      }
      error[i] = Math.sqrt(sum);
    }
    return error;
  }
}
