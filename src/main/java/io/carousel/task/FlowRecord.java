package io.carousel.task;

import io.carousel.flow.FlowJson;
import io.carousel.flow.GradientFlow;
import io.carousel.flow.RunFlow;
import io.carousel.flow.Verdict;
import io.carousel.report.Block;
import io.carousel.report.HeatMap;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.train.EpochMetrics;
import io.carousel.train.MetricsFile;
import io.carousel.train.Objective;
import io.carousel.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measures the gradient flow of a training, notes it in its metrics, and tells it in its report.
 */
final class FlowRecord implements TrainingListener {
  private static final String FIELD = "flow";

  private final GradientFlow flow;
  private final MetricsFile metrics;

  FlowRecord(Objective<?> objective, MetricsFile metrics) {
    this.flow = new GradientFlow(objective);
    this.metrics = metrics;
  }

  /** Takes over what the resumed run had measured. */
  void goOn() {
    List<GradientFlow.Measurement> earlier = new ArrayList<>();
    metrics.notes(FIELD).forEach((epoch, json) -> earlier.add(FlowJson.read(epoch, json)));
    flow.goOnFrom(earlier);
  }

  @Override
  public void started(int epochs, int stepsPerEpoch, long stepsDone) {
    flow.started(epochs, stepsPerEpoch, stepsDone);
  }

  @Override
  public void stepStarting(int epoch, int stepInEpoch, Runnable trial) {
    flow.stepStarting(epoch, stepInEpoch, trial);
  }

  @Override
  public void epochEnded(EpochMetrics epoch) {
    flow.epochEnded(epoch);
    List<GradientFlow.Measurement> all = flow.measurements();
    if (!all.isEmpty() && all.get(all.size() - 1).epoch() == epoch.epoch()) {
      metrics.note(epoch.epoch(), FIELD, FlowJson.write(all.get(all.size() - 1)));
    }
  }

  /** The latest verdicts, each with what to try. */
  List<String> words() {
    List<GradientFlow.Measurement> all = flow.measurements();
    if (all.isEmpty()) {
      return List.of("not measured: no epoch was completed");
    }
    List<String> words = new ArrayList<>();
    for (RunFlow run : all.get(all.size() - 1).runs()) {
      words.add(run.words() + ". " + run.verdict().advice(run.cell()));
    }
    return words;
  }

  void addTo(Report report) {
    List<GradientFlow.Measurement> all = flow.measurements();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Paragraph.of(
            "How much of the gradient of the loss at a sequence's last step arrives at the states"
                + " before it. Where it halves within few steps, nothing can be learned from what"
                + " lies far back; where it grows, training is unstable. Measured on a few batches"
                + " of an epoch, with the weights of that moment."));
    if (all.isEmpty()) {
      blocks.add(Paragraph.of("Nothing was measured: no epoch was completed."));
    } else {
      List<RunFlow> latest = all.get(all.size() - 1).runs();
      blocks.add(table(latest));
      latest.forEach(run -> blocks.add(map(all, run.name())));
    }
    report.section("Gradient flow", blocks.toArray(Block[]::new));
  }

  private static Table table(List<RunFlow> latest) {
    Table table =
        Table.captioned("Gradient flow at the end")
            .text("layer")
            .text("verdict")
            .text("half-life")
            .number("largest singular value of W_hh", 3)
            .number("saturated gates", "%", 1)
            .text("dead units")
            .text("what to try");
    for (RunFlow run : latest) {
      double halfLife = run.halfLifeSteps();
      table.row(
          run.name(),
          run.verdict().word(),
          Double.isNaN(halfLife)
              ? ""
              : halfLife == Double.POSITIVE_INFINITY
                  ? "does not fall"
                  : fixed("%.1f steps", halfLife),
          run.largestSingularValue(),
          100 * run.saturated(),
          Double.isNaN(run.dead()) ? "" : fixed("%.1f %%", 100 * run.dead()),
          run.verdict() == Verdict.HEALTHY ? "" : run.verdict().advice(run.cell()));
    }
    return table;
  }

  private static String fixed(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** log₁₀ of the norm by lag and epoch, relative to lag 0. */
  private static HeatMap map(List<GradientFlow.Measurement> all, String name) {
    List<GradientFlow.Measurement> epochs =
        all.stream()
            .filter(m -> m.runs().stream().anyMatch(run -> run.name().equals(name)))
            .toList();
    List<RunFlow> runs =
        epochs.stream()
            .map(m -> m.runs().stream().filter(run -> run.name().equals(name)).findFirst())
            .flatMap(Optional::stream)
            .toList();
    int lagStep = runs.stream().mapToInt(RunFlow::lagStep).max().orElse(1);
    int lags = 1 + runs.stream().mapToInt(RunFlow::largestLag).max().orElse(0) / lagStep;
    double[] lag = new double[lags];
    double[][] values = new double[lags][runs.size()];
    for (int k = 0; k < lags; k++) {
      lag[k] = (double) k * lagStep;
      for (int e = 0; e < runs.size(); e++) {
        values[k][e] = Math.log10(runs.get(e).relativeNorm(k * lagStep));
      }
    }
    return HeatMap.titled("Gradient by lag and epoch: " + name)
        .note("0 is the gradient at the sequence's end, -3 a thousandth of it.")
        .x("epoch", epochs.stream().mapToDouble(GradientFlow.Measurement::epoch).toArray())
        .y("time steps back", lag)
        .values("log₁₀ of the relative norm", values);
  }
}
