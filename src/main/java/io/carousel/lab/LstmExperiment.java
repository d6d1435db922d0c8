package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.synthetic.AddingProblem;
import io.carousel.report.HeatMap;
import io.carousel.report.LineChart;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.IntStream;

/** Hochreiter and Schmidhuber 1997: what an LSTM holds, and how its gates do it. */
final class LstmExperiment implements Experiment {
  private static final double GOAL = 0.01;
  private static final int UNITS = 24;
  private static final int BATCH = 50;
  private static final int MOST_STEPS = 6000;
  private static final double RATE = 0.02;
  private static final String EXPLANATION =
      """
      c_t = f∘c_{t-1} + i∘g: a cell state that is added to, not multiplied by a matrix, so that \
      an error can go round in it unchanged: the constant error carousel of Hochreiter and \
      Schmidhuber (1997). Gates learn when to write (i), when to keep (f; Gers, Schmidhuber, \
      Cummins 2000) and when to show (o).

      Adding problem (their experiment 4, as in `irnn`): the sum of two marked numbers among T. The \
      constant answer's error is 0.1667; the goal is 0.01 on examples never seen, within 6000 steps of 50 \
      examples. The picture follows one trained network through one example: a cell that rests, takes \
      in the number at each mark, and rests again until the end.

      Embedded Reber grammar (their experiment 1): strings such as BTBTXSETE, symbol by symbol. Which \
      symbols may come next follows from the last few, but for the last one but one, which repeats the second. \
      Strings that training drew are left out of the test. A string counts as right where, at every step, all legal next symbols are more probable than all \
      others (their criterion). Adam, gradient norms clipped to 1, forget bias 1; medians of three networks.\
      """;

  @Override
  public String name() {
    return "lstm";
  }

  @Override
  public String question() {
    return "What does an LSTM's cell hold, and when do its gates move?";
  }

  @Override
  public Outcome run(Setting setting) throws IOException {
    int length = setting.by(30, 100, 400);
    int reberSteps = setting.by(1500, 3000, 10_000);
    long[] seeds = setting.seeds();
    Outcome outcome = Outcome.explained(EXPLANATION);
    double[] errors = new double[seeds.length];
    double[] whole = new double[seeds.length];
    Figures figures =
        Figures.of(
            "LSTM of %d units at adding, T = %d; of 16 units at Reber strings"
                .formatted(UNITS, length),
            "seed",
            "steps made",
            "error of adding",
            "Reber strings right",
            "last but one right");
    LineChart curves =
        LineChart.titled("Validation error of the adding problem")
            .x("step")
            .y("mean squared error")
            .logarithmicY()
            .level("constant", AddingProblem.CONSTANT_ERROR)
            .level("goal", GOAL);
    Lesson lesson = new Lesson(BATCH, setting.by(2000, MOST_STEPS, 100_000), 250, 1, GOAL / 2);
    AddingTrial trial = new AddingTrial(length, setting.by(RATE, RATE, RATE / 10), lesson);
    for (int i = 0; i < seeds.length; i++) {
      Lstm.Builder cell = Lstm.builder(2, UNITS).forgetBias(1);
      try (SequenceModel model = AddingTrial.model(cell, setting, seeds[i])) {
        AddingTrial.Result result = trial.run(model, seeds[i]);
        errors[i] = result.error();
        curves.line("seed " + seeds[i], result.curve().steps(), result.curve().losses());
        ReberTrial.Shares shares = ReberTrial.run(setting, reberSteps, seeds[i]);
        whole[i] = shares.whole();
        figures.row(seeds[i], result.curve().made(), errors[i], whole[i], shares.lastButOne());
        if (i == 0) {
          follow(model, new AddingProblem(length, 1, seeds[i]), outcome);
        }
      }
    }
    return outcome
        .figures(figures)
        .picture(curves)
        .check(Check.atMost("adding: mean squared error", Scores.median(errors), GOAL))
        .check(Check.atLeast("Reber: share of strings right", Scores.median(whole), 0.99));
  }

  /** Pictures of gates and cell states over one example. */
  private static void follow(SequenceModel model, AddingProblem problem, Outcome outcome) {
    SequenceBatch example = problem.batch(new int[] {0});
    int steps = example.shape().steps();
    int[] marked =
        IntStream.range(0, steps).filter(t -> example.features()[2 * t + 1] == 1).toArray();
    GateTrace trace = GateTrace.of(model, example);
    int unit = trace.unitThatMovesAt(marked[0], marked[1]);
    double[] t = IntStream.range(0, steps).asDoubleStream().toArray();
    LineChart gates =
        LineChart.titled("One cell through one example: unit " + (unit + 1))
            .note("The unit whose cell state moves most at the marks and least elsewhere.")
            .x("step")
            .y("activation")
            .line("cell state c", t, trace.cellOf(unit))
            .line("input gate i", t, trace.gate(0, unit))
            .line("forget gate f", t, trace.gate(1, unit))
            .line("output gate o", t, trace.gate(3, unit));
    for (int mark : marked) {
      gates.mark(
          "marked", mark, String.format(Locale.ROOT, "number %.2f", example.features()[2 * mark]));
    }
    int units = trace.cell()[0].length;
    double[][] grid = new double[units][];
    for (int u = 0; u < units; u++) {
      grid[u] = trace.cellOf(u);
    }
    outcome.picture(gates);
    outcome.picture(
        HeatMap.titled("All cell states through the same example")
            .note("Marks at steps %d and %d.".formatted(marked[0], marked[1]))
            .x("step", t)
            .y("unit", IntStream.rangeClosed(1, units).asDoubleStream().toArray())
            .values("cell state", grid)
            .diverging(0));
    outcome.json("cell states by unit and step", grid);
  }
}
