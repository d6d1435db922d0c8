package io.carousel.cli;

import io.carousel.task.ecg.beats.BeatEvaluation;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints how heartbeats were classified. */
final class BeatTables {
  private BeatTables() {}

  static void print(BeatEvaluation evaluation, PrintWriter print) {
    ConfusionMatrix all = evaluation.all();
    TextTable figures =
        new TextTable("class", ">sensitivity", ">+P", ">F1", ">beats", ">called so");
    TextTable confusion = new TextTable("annotated \\ called", ">N", ">S", ">V", ">F");
    for (int c = 0; c < all.classes().size(); c++) {
      String name = all.classes().get(c);
      figures.row(
          name,
          share(all.sensitivity(c)),
          share(all.positivePredictiveValue(c)),
          share(all.f1(c)),
          count(all.support(c)),
          count(all.predicted(c)));
      confusion.row(
          name,
          count(all.count(c, 0)),
          count(all.count(c, 1)),
          count(all.count(c, 2)),
          count(all.count(c, 3)));
    }
    print.println();
    figures.print(print, "");
    print.println();
    confusion.print(print, "");
    print.printf(
        Locale.ROOT,
        "%naccuracy         %.4f of %,d beats in %d records%nmacro-F1         %.4f%n",
        all.accuracy(),
        all.total(),
        evaluation.byRecord().size(),
        all.macroF1());
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
