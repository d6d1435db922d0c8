package io.carousel.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.task.icu.IcuEvaluation;
import io.carousel.task.icu.IcuMortality;
import io.carousel.train.metrics.Bootstrap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures of a model of mortality, for people and for programs. */
final class IcuFigures {
  private IcuFigures() {}

  /** Both evaluations of a training run. */
  static TextTable table(IcuMortality.Outcome outcome) {
    TextTable table = headings();
    add(table, "single members, cross-validated", outcome.crossValidated());
    add(table, "ensemble, held-back patients", outcome.test());
    return table;
  }

  /** One evaluation. */
  static TextTable table(String name, IcuEvaluation evaluation) {
    TextTable table = headings();
    add(table, name, evaluation);
    return table;
  }

  private static TextTable headings() {
    return new TextTable(
        "who is judged",
        ">patients",
        ">died",
        ">AUROC",
        "95 %",
        ">AUPRC",
        "95 %",
        ">Brier",
        ">ECE");
  }

  private static void add(TextTable table, String name, @Nullable IcuEvaluation e) {
    if (e == null) {
      return;
    }
    table.row(
        name,
        Integer.toString(e.stays().size()),
        Integer.toString(e.deaths()),
        figure(e.auroc()),
        interval(e.aurocInterval()),
        figure(e.auprc()),
        interval(e.auprcInterval()),
        figure(e.calibration().brier()),
        figure(e.calibration().expectedError()));
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String interval(Bootstrap.Interval interval) {
    return String.format(Locale.ROOT, "%.3f to %.3f", interval.low(), interval.high());
  }

  /** One evaluation as JSON. */
  static ObjectNode json(IcuEvaluation e) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("patients", e.stays().size());
    json.put("deaths", e.deaths());
    json.put("auroc", e.auroc());
    json.putArray("auroc_interval").add(e.aurocInterval().low()).add(e.aurocInterval().high());
    json.put("auprc", e.auprc());
    json.putArray("auprc_interval").add(e.auprcInterval().low()).add(e.auprcInterval().high());
    json.put("brier", e.calibration().brier());
    json.put("expected_calibration_error", e.calibration().expectedError());
    return json;
  }
}
