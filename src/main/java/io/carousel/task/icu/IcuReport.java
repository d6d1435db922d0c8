package io.carousel.task.icu;

import io.carousel.data.icu.IcuStay;
import io.carousel.report.Block;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.train.EpochMetrics;
import io.carousel.train.metrics.Auroc;
import io.carousel.train.metrics.Bootstrap;
import io.carousel.train.metrics.Calibration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The report of a run: figures with intervals, calibration, ROC and precision-recall curves, risk
 * over time, kinds of units, loss curves.
 */
final class IcuReport {
  private final IcuMortality.Outcome outcome;
  private final MortalityModel model;
  private final IcuEvaluation shown;
  private final String whose;

  IcuReport(IcuMortality.Outcome outcome, MortalityModel model) {
    this.outcome = outcome;
    this.model = model;
    IcuEvaluation test = outcome.test();
    shown = test == null ? Objects.requireNonNull(outcome.crossValidated()) : test;
    whose = test == null ? "learning patients, cross-validated" : "held-back patients";
  }

  Report report() {
    return Report.titled("Mortality in intensive care")
        .subtitle("PhysioNet/CinC Challenge 2012: who dies in hospital, from the first 48 hours")
        .lead(facts(), explanation(), figures())
        .section("Calibration", calibration(), bins())
        .section("Discrimination", roc(), precisionRecall(), units())
        .section("Risk over time", riskOverTime())
        .section("Training", losses())
        .section("Provenance", provenance());
  }

  private Facts facts() {
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    return Facts.of(
        Fact.of("AUROC", shown.auroc(), 3).note(words(shown.aurocInterval())),
        Fact.of("AUPRC", shown.auprc(), 3).note(words(shown.auprcInterval())),
        Fact.of("Brier score", shown.calibration().brier(), 3),
        Fact.of("Weights", outcome.parameters()),
        Fact.of("Training time", seconds, 0)
            .unit("s")
            .note("%d epochs".formatted(outcome.training().history().size())));
  }

  private static String words(Bootstrap.Interval interval) {
    return String.format(
        Locale.ROOT, "95 %% interval %.3f to %.3f", interval.low(), interval.high());
  }

  private Paragraph explanation() {
    return Paragraph.of(
        ("Figures above and charts below are of the %d %s, of whom %d died. Nobody learned from"
             + " them who judges them. This is research software, not a medical device: no decision"
             + " about a patient may rest on it.")
            .formatted(shown.stays().size(), whose, shown.deaths()));
  }

  private Table figures() {
    Table table =
        Table.captioned("Figures")
            .text("who is judged")
            .count("patients")
            .count("died")
            .number("AUROC", 4)
            .number("AUPRC", 4)
            .number("Brier", 4)
            .number("calibration error", 4);
    IcuEvaluation crossValidated = Objects.requireNonNull(outcome.crossValidated());
    table.row(cells("learning patients, by the one member that did not see them", crossValidated));
    IcuEvaluation test = outcome.test();
    return test == null
        ? table
        : table.highlight(cells("held-back patients, by the ensemble", test));
  }

  private static Object[] cells(String name, IcuEvaluation e) {
    return new Object[] {
      name,
      e.stays().size(),
      e.deaths(),
      e.auroc(),
      e.auprc(),
      e.calibration().brier(),
      e.calibration().expectedError()
    };
  }

  private LineChart calibration() {
    List<Calibration.Bin> bins = risingBins();
    double[] predicted = bins.stream().mapToDouble(Calibration.Bin::predicted).toArray();
    double most = predicted[predicted.length - 1];
    return LineChart.titled("Predicted and observed risk")
        .note("Tenths of the patients by predicted risk. On the grey line both are equal.")
        .x("predicted risk, mean of a tenth")
        .y("share that died")
        .reference("perfect", new double[] {0, most}, new double[] {0, most})
        .line("model", predicted, bins.stream().mapToDouble(Calibration.Bin::observed).toArray());
  }

  /** A line's x must rise: bins of equal risk, as of a model that knows nothing, count once. */
  private List<Calibration.Bin> risingBins() {
    List<Calibration.Bin> bins = shown.calibration().bins();
    return IntStream.range(0, bins.size())
        .filter(i -> i == 0 || bins.get(i).predicted() > bins.get(i - 1).predicted())
        .mapToObj(bins::get)
        .toList();
  }

  private Table bins() {
    Table table =
        Table.captioned("Reliability by tenths of the patients")
            .text("tenth")
            .count("patients")
            .number("predicted", 3)
            .number("observed", 3);
    int tenth = 1;
    for (Calibration.Bin bin : shown.calibration().bins()) {
      table.row(Integer.toString(tenth++), bin.count(), bin.predicted(), bin.observed());
    }
    return table;
  }

  private LineChart roc() {
    RiskCurve curve = RiskCurve.of(shown.risks(), shown.died());
    return LineChart.titled("ROC curve")
        .note("Sensitivity that a threshold has for its share of false alarms.")
        .x("1 − specificity")
        .y("sensitivity")
        .reference("chance", new double[] {0, 1}, new double[] {0, 1})
        .line("model", curve.falsePositiveRates(), curve.bestSensitivities());
  }

  private LineChart precisionRecall() {
    RiskCurve curve = RiskCurve.of(shown.risks(), shown.died());
    double share = shown.deaths() / (double) shown.stays().size();
    return LineChart.titled("Precision and recall")
        .note("By chance, precision is the share of patients that died.")
        .x("recall (sensitivity)")
        .y("precision")
        .level("chance", share)
        .line("model", curve.recalls(), curve.precisions());
  }

  private Table units() {
    Table table =
        Table.captioned("By kind of unit")
            .text("unit")
            .count("patients")
            .count("died")
            .number("mean risk", 3)
            .number("observed", 3)
            .number("AUROC", 3);
    for (IcuStay.Unit unit : IcuStay.Unit.values()) {
      int[] of =
          IntStream.range(0, shown.stays().size())
              .filter(i -> shown.stays().get(i).unit() == unit)
              .toArray();
      if (of.length == 0) {
        continue;
      }
      double[] risks = IntStream.of(of).mapToDouble(i -> shown.risks()[i]).toArray();
      boolean[] died = new boolean[of.length];
      int deaths = 0;
      for (int i = 0; i < of.length; i++) {
        died[i] = shown.died()[of[i]];
        deaths += died[i] ? 1 : 0;
      }
      boolean both = deaths > 0 && deaths < of.length;
      table.row(
          unit.words(),
          of.length,
          deaths,
          IntStream.range(0, of.length).mapToDouble(i -> risks[i]).average().orElse(0),
          deaths / (double) of.length,
          both ? Auroc.of(risks, died) : "");
    }
    return table;
  }

  private Block riskOverTime() {
    int high = riskiest(true);
    int low = riskiest(false);
    double[] hours = IntStream.rangeClosed(1, IcuStay.HOURS).mapToDouble(h -> h).toArray();
    LineChart chart =
        LineChart.titled("Risk after each hour")
            .note(
                "What the model would have said by then, of the patient with the highest final risk"
                    + " among those who died and among those who lived.")
            .x("time since admission", "h")
            .y("risk to die in hospital");
    if (high >= 0) {
      chart.line(name(high, "died"), hours, model.riskByHour(shown.stays().get(high)));
    }
    if (low >= 0) {
      chart.line(name(low, "lived"), hours, model.riskByHour(shown.stays().get(low)));
    }
    return chart;
  }

  private String name(int patient, String what) {
    return "record %d, %s".formatted(shown.stays().get(patient).recordId(), what);
  }

  private int riskiest(boolean died) {
    int best = -1;
    for (int i = 0; i < shown.risks().length; i++) {
      boolean higher = best < 0 || shown.risks()[i] > shown.risks()[best];
      if (shown.died()[i] == died && higher) {
        best = i;
      }
    }
    return best;
  }

  private LineChart losses() {
    List<EpochMetrics> history = outcome.training().history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Loss by epoch")
        .note(
            "Mean logistic loss of the members. Training: over all hours, with dropout; validation:"
                + " after 48 hours, each patient by the member that did not learn from him. The"
                + " weights of epoch %d were kept.".formatted(outcome.training().bestEpoch()))
        .x("epoch")
        .y("logistic loss")
        .line("training", epochs, column(history, EpochMetrics::trainLoss))
        .line("validation", epochs, column(history, EpochMetrics::validationLoss));
  }

  private static double[] column(List<EpochMetrics> rows, ToDoubleFunction<EpochMetrics> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private KeyValues provenance() {
    KeyValues keyValues = KeyValues.empty();
    model.provenance().forEach(keyValues::add);
    return keyValues;
  }
}
