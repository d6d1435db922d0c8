package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.HeatMap;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.task.TrainingRun;
import io.carousel.train.EpochMetrics;
import io.carousel.train.TrainingResult;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report of a classifier of heartbeats: curves, figures, confusion matrix, a strip. */
final class BeatReport {
  private final TrainingResult training;
  private final BeatEvaluation evaluation;
  private final Map<String, String> provenance;

  BeatReport(TrainingResult training, BeatEvaluation evaluation, Map<String, String> provenance) {
    this.training = training;
    this.evaluation = evaluation;
    this.provenance = provenance;
  }

  /** Writes the report, with a strip of the record that is told best by its mistakes. */
  void write(TrainingRun run, @Nullable BeatStrip strip) throws IOException {
    Report report =
        Report.titled("Classes of heartbeats")
            .subtitle(
                "AAMI classes by an ensemble of bidirectional LSTMs; each record judged by the"
                    + " member that has not learned from it")
            .lead(facts(), explanation())
            .section("Training", losses())
            .section("Records left out", classes(), confusion(), records());
    if (strip != null) {
      report.section("Electrocardiogram", strip.chart());
    }
    run.write(report.section("Provenance", KeyValues.of(provenance)));
  }

  private Facts facts() {
    ConfusionMatrix all = evaluation.all();
    int s = AamiClass.S.ordinal();
    int v = AamiClass.V.ordinal();
    return Facts.of(
        Fact.of("Macro-F1", all.macroF1(), 3).note("over the classes N, S, V and F"),
        Fact.of("Accuracy", all.accuracy(), 3)
            .note(String.format(Locale.ROOT, "of %,d beats", all.total())),
        Fact.of("Ventricular beats found", all.sensitivity(v), 3)
            .note(
                String.format(
                    Locale.ROOT, "%.3f of those called V are", all.positivePredictiveValue(v))),
        Fact.of("Supraventricular beats found", all.sensitivity(s), 3)
            .note(
                String.format(
                    Locale.ROOT, "%.3f of those called S are", all.positivePredictiveValue(s))));
  }

  private Paragraph explanation() {
    return Paragraph.of(
        "Each step of the LSTMs is a beat: its intervals to the beats around it, its shape in two"
            + " leads, and how both differ from what is usual in this patient. Every member of the"
            + " ensemble leaves some records out of training; the figures here are those of the"
            + " members on the records that they left out, of patients that they do not know. On"
            + " new records the members' probabilities are averaged.");
  }

  private LineChart losses() {
    List<EpochMetrics> history = training.history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Loss by epoch")
        .note(
            "Cross-entropy with class weights; validation on the records that each member leaves out. The weights of epoch %d were kept."
                .formatted(training.bestEpoch()))
        .x("epoch")
        .y("cross-entropy", "nats")
        .line("training", epochs, history.stream().mapToDouble(EpochMetrics::trainLoss).toArray())
        .line(
            "validation",
            epochs,
            history.stream().mapToDouble(EpochMetrics::validationLoss).toArray());
  }

  private Table classes() {
    ConfusionMatrix all = evaluation.all();
    Table table =
        Table.captioned("Figures by class")
            .text("class")
            .number("sensitivity", 3)
            .number("positive predictive value", 3)
            .number("F1", 3)
            .count("beats")
            .count("called so");
    for (int c = 0; c < all.classes().size(); c++) {
      table.row(
          all.classes().get(c),
          all.sensitivity(c),
          all.positivePredictiveValue(c),
          all.f1(c),
          all.support(c),
          all.predicted(c));
    }
    return table;
  }

  private HeatMap confusion() {
    ConfusionMatrix all = evaluation.all();
    int n = all.classes().size();
    double[][] shares = new double[n][n];
    for (int truth = 0; truth < n; truth++) {
      for (int predicted = 0; predicted < n; predicted++) {
        shares[truth][predicted] =
            all.support(truth) == 0
                ? Double.NaN
                : (double) all.count(truth, predicted) / all.support(truth);
      }
    }
    return HeatMap.titled("Confusion matrix")
        .note("Of the beats annotated as the row's class, the share taken for the column's.")
        .x("taken for", all.classes())
        .y("annotated as", all.classes())
        .values("share", shares)
        .written(3);
  }

  private Table records() {
    List<String> names = evaluation.all().classes();
    Table table =
        Table.captioned("Record by record").text("record").count("beats").number("accuracy", 3);
    names.forEach(name -> table.count(name).count(name + " found"));
    evaluation
        .byRecord()
        .forEach(
            (name, matrix) -> {
              Object[] cells = new Object[3 + 2 * names.size()];
              cells[0] = name;
              cells[1] = matrix.total();
              cells[2] = matrix.accuracy();
              for (int c = 0; c < names.size(); c++) {
                cells[3 + 2 * c] = matrix.support(c);
                cells[4 + 2 * c] = matrix.count(c, c);
              }
              table.row(cells);
            });
    return table;
  }
}
