package io.carousel.cli;

import io.carousel.task.ecg.anomaly.AnomalyDetector;
import io.carousel.task.ecg.anomaly.AnomalyEvaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Judges an autoencoder of heartbeats. */
@Command(
    name = "ecg-anomaly",
    header = "Judge an autoencoder of heartbeats.",
    description = {
      "",
      "Takes all rows of the UCR files in DIR; of the file that the model was trained on only those"
          + " that were held back.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel eval ecg-anomaly --model model.safetensors --data ecg5000 --json")
final class EvalEcgAnomalyCommand implements Callable<Integer> {
  @Mixin private EvalArguments evalArguments;

  @Override
  public Integer call() throws IOException {
    return evalArguments.run(
        (device, model, data) -> {
          try (AnomalyDetector detector = AnomalyDetector.load(model, device)) {
            return AnomalyEvaluation.of(detector, data);
          }
        },
        AnomalyEvaluation::toJson,
        evaluation -> print -> print(evaluation, print));
  }

  static void print(AnomalyEvaluation evaluation, PrintWriter print) {
    int abnormal = evaluation.abnormalCount();
    print.printf(
        Locale.ROOT,
        "%nAUROC            %.4f  (%d abnormal against %d normal beats, none of them learned)%n",
        evaluation.auroc(),
        abnormal,
        evaluation.errors().length - abnormal);
    print.printf(
        Locale.ROOT,
        "at error > %.4f sensitivity %.3f, specificity %.3f%n",
        evaluation.threshold(),
        evaluation.sensitivity(),
        evaluation.specificity());
  }
}
