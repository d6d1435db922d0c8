package io.carousel.cli;

import io.carousel.task.sentiment.SentimentEvaluation;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints how a sentiment model does. */
final class SentimentTable {
  private SentimentTable() {}

  static void print(SentimentEvaluation result, PrintWriter print) {
    ConfusionMatrix confusion = result.confusion();
    List<String> names = confusion.classes();
    TextTable classes =
        new TextTable("class", ">sentences", ">sensitivity", ">predictive value", ">F1");
    for (int c = 0; c < names.size(); c++) {
      classes.row(
          names.get(c),
          Long.toString(confusion.support(c)),
          share(confusion.sensitivity(c)),
          share(confusion.positivePredictiveValue(c)),
          share(confusion.f1(c)));
    }
    String[] headings = new String[names.size() + 1];
    headings[0] = "true \\ predicted";
    for (int c = 0; c < names.size(); c++) {
      headings[c + 1] = ">" + names.get(c);
    }
    TextTable counts = new TextTable(headings);
    for (int truth = 0; truth < names.size(); truth++) {
      String[] row = new String[names.size() + 1];
      row[0] = names.get(truth);
      for (int as = 0; as < names.size(); as++) {
        row[as + 1] = Long.toString(confusion.count(truth, as));
      }
      counts.row(row);
    }
    print.println();
    classes.print(print, "");
    print.println();
    counts.print(print, "");
    print.printf(
        Locale.ROOT,
        "%naccuracy         %.4f of %d sentences of %s%n"
            + "macro-F1         %.4f%ncross-entropy    %.4f nats%n",
        confusion.accuracy(),
        confusion.total(),
        result.partName(),
        confusion.macroF1(),
        result.crossEntropy());
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
