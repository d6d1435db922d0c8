package io.carousel.task.ecg.anomaly;

import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.train.EpochMetrics;
import io.carousel.train.TrainingResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The report of an autoencoder: curves, two beats and what became of them, errors, ROC. */
final class AnomalyReport {
  private static final int BINS = 40;

  private final TrainingResult training;
  private final AnomalyEvaluation evaluation;
  private final AnomalyDetector detector;
  private final Map<String, String> provenance;

  AnomalyReport(
      TrainingResult training,
      AnomalyEvaluation evaluation,
      AnomalyDetector detector,
      Map<String, String> provenance) {
    this.training = training;
    this.evaluation = evaluation;
    this.detector = detector;
    this.provenance = provenance;
  }

  Report build() {
    return Report.titled("Abnormal heartbeats by an LSTM autoencoder")
        .subtitle("Trained on normal beats only; judged on beats that it has not seen")
        .lead(facts(), explanation())
        .section("Training", losses())
        .section("Reconstructions", beat("A normal beat", false), beat("An abnormal beat", true))
        .section("Errors", histogram(), roc())
        .section("Provenance", KeyValues.of(provenance));
  }

  private Facts facts() {
    int abnormal = evaluation.abnormalCount();
    return Facts.of(
        Fact.of("AUROC", evaluation.auroc(), 4),
        Fact.of("Sensitivity", evaluation.sensitivity(), 3)
            .note("of %d abnormal beats".formatted(abnormal)),
        Fact.of("Specificity", evaluation.specificity(), 3)
            .note("of %d normal beats".formatted(evaluation.errors().length - abnormal)),
        Fact.of("Threshold", evaluation.threshold(), 4)
            .note("squared Mahalanobis distance of the error, per value"));
  }

  private Paragraph explanation() {
    return Paragraph.of(
        "The encoder reads a beat; its last states start the decoder, which gives the beat back"
            + " from its end to its beginning. What the autoencoder has learned to give back is"
            + " normal beats, so a large error marks an abnormal one. The threshold is the error"
            + " that 95 % of the validation's normal beats stay below; AUROC does not depend on"
            + " it.");
  }

  private LineChart losses() {
    List<EpochMetrics> history = training.history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Reconstruction error by epoch")
        .note("The weights of epoch %d were kept.".formatted(training.bestEpoch()))
        .x("epoch")
        .y("mean squared error")
        .line("training", epochs, history.stream().mapToDouble(EpochMetrics::trainLoss).toArray())
        .line(
            "validation",
            epochs,
            history.stream().mapToDouble(EpochMetrics::validationLoss).toArray());
  }

  /** The beat of the median error among its kind. */
  private LineChart beat(String title, boolean abnormal) {
    int[] kind = of(abnormal);
    int[] sorted =
        Arrays.stream(kind)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> evaluation.errors()[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int chosen = sorted[sorted.length / 2];
    float[] values = evaluation.beats().get(chosen);
    float[] back = detector.reconstruct(List.of(values)).get(0);
    double[] steps = IntStream.range(0, values.length).mapToDouble(i -> i).toArray();
    return LineChart.titled(title)
        .note(
            String.format(
                Locale.ROOT,
                "Of the median error among %d, %.4f.",
                kind.length,
                evaluation.errors()[chosen]))
        .x("sample")
        .y("normalised amplitude")
        .reference("beat", steps, doubles(values))
        .line("reconstruction", steps, doubles(back));
  }

  private int[] of(boolean abnormal) {
    return IntStream.range(0, evaluation.errors().length)
        .filter(i -> evaluation.abnormal()[i] == abnormal)
        .toArray();
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private LineChart histogram() {
    double[] logs =
        Arrays.stream(evaluation.errors()).map(e -> Math.log10(Math.max(e, 1e-9))).toArray();
    double low = Arrays.stream(logs).min().orElseThrow();
    double width = (Arrays.stream(logs).max().orElseThrow() - low) / BINS + 1e-9;
    double[] centres = IntStream.range(0, BINS).mapToDouble(b -> low + (b + 0.5) * width).toArray();
    LineChart chart =
        LineChart.titled("Errors of normal and abnormal beats")
            .note("Share of the beats of each kind.")
            .x("log₁₀ of the error's squared Mahalanobis distance per value")
            .y("share");
    for (boolean abnormal : new boolean[] {false, true}) {
      double[] shares = new double[BINS];
      int[] kind = of(abnormal);
      for (int i : kind) {
        shares[Math.min(BINS - 1, (int) ((logs[i] - low) / width))] += 1.0 / kind.length;
      }
      chart.line(abnormal ? "abnormal" : "normal", centres, shares);
    }
    return chart.mark("threshold", Math.log10(Math.max(evaluation.threshold(), 1e-9)), "T");
  }

  /** For each share of normal beats above a threshold, how many abnormal ones are above it. */
  private LineChart roc() {
    double[] thresholds =
        Arrays.stream(of(false)).mapToDouble(i -> -evaluation.errors()[i]).sorted().toArray();
    int n = thresholds.length;
    double[] x = new double[n + 1];
    double[] y = new double[n + 1];
    for (int i = 0; i <= n; i++) {
      x[i] = (double) i / n;
      y[i] = i == n ? 1 : shareAbove(-thresholds[i]);
    }
    return LineChart.titled("Receiver operating characteristic")
        .x("1 − specificity")
        .y("sensitivity")
        .line("autoencoder", x, y)
        .dashed("chance", new double[] {0, 1}, new double[] {0, 1});
  }

  private double shareAbove(double limit) {
    int[] kind = of(true);
    return (double) Arrays.stream(kind).filter(i -> evaluation.errors()[i] > limit).count()
        / kind.length;
  }
}
