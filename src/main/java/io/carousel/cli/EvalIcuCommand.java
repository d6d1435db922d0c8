package io.carousel.cli;

import io.carousel.data.icu.IcuSet;
import io.carousel.task.icu.IcuEvaluation;
import io.carousel.task.icu.MortalityModel;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Judges a model of mortality. */
@Command(
    name = "icu",
    header = "Judge a model of mortality in intensive care.",
    description = {
      "",
      "Scores every patient of the set that the model did not learn from: all of another set, the"
          + " held-back part of its own. Intervals are 95 %% bootstrap intervals.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel eval icu --model runs/icu/model.safetensors --data DIR --json")
final class EvalIcuCommand implements Callable<Integer> {
  @Mixin private EvalArguments evalArguments;

  private record Judged(IcuSet set, IcuEvaluation evaluation) {}

  @Override
  public Integer call() throws IOException {
    return evalArguments.<Judged>run(
        (device, file, data) -> {
          IcuSet set = IcuSet.read(data);
          try (MortalityModel model = MortalityModel.load(file, device)) {
            return new Judged(set, IcuEvaluation.of(model, set));
          }
        },
        judged -> IcuFigures.json(judged.evaluation).put("left_out", leftOut(judged)),
        judged ->
            print -> {
              IcuFigures.table("patients it did not learn from", judged.evaluation)
                  .print(print, "");
              if (leftOut(judged) > 0) {
                print.printf(
                    "left out: %d patients that the model learned from%n", leftOut(judged));
              }
            });
  }

  private static int leftOut(Judged judged) {
    return judged.set.stays().size() - judged.evaluation.stays().size();
  }
}
