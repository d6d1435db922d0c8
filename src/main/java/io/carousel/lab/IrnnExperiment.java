package io.carousel.lab;

import io.carousel.data.synthetic.AddingProblem;
import io.carousel.device.Activation;
import io.carousel.nn.Initializer;
import io.carousel.nn.Parameter;
import io.carousel.report.LineChart;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.util.List;

/** Le, Jaitly, Hinton 2015: a ReLU network that starts from the identity learns to add. */
final class IrnnExperiment implements Experiment {
  private static final double GOAL = AddingProblem.CONSTANT_ERROR / 10;

  /** Training ends below the goal, so that the test has room for chance. */
  private static final double ENOUGH = 0.6 * GOAL;

  private static final int FEATURES = 2;
  private static final int BATCH = 16;
  private static final String EXPLANATION =
      """
      Le, Jaitly and Hinton (2015, arXiv 1504.00941) found that a plain network learns over long \
      times if it starts right: ReLU units, recurrent weights W = I, biases 0, small input weights \
      (N(0, 0.001²)). At the start the state is kept as it is and the gradient's norm stays 1 at \
      any lag (see `vanishing`), so the first examples already say what to keep.

      The adding problem (Hochreiter, Schmidhuber 1997) tests that: T numbers from [0, 1), two of \
      them marked, one in either half; at the end the sum of these two is asked for. Who always says 1 \
      has a mean squared error of 1/6 = 0.1667, and every network stays there for a long while before it \
      finds out that markers matter.

      The tanh network starts as PyTorch's (weights within ±1/√n), where λ < 0: what it should learn \
      from never reaches it over a hundred steps. All have Adam, gradient norms clipped to 1, examples \
      that never come twice; training ends when the validation error is well below a tenth of \
      0.1667. Errors are those on 500 further examples, medians of three networks. Widths and rates are ours, \
      not the paper's, so that it takes two minutes; --full has its 400 steps and 100 units.\
      """;

  @Override
  public String name() {
    return "irnn";
  }

  @Override
  public String question() {
    return "Does a plain network learn over long times if it starts from I?";
  }

  /** A network in the race. */
  private record Runner(
      String name, RecurrentLayer.Builder<?, ?> cell, double rate, int batch, int steps) {}

  private static RecurrentLayer.Builder<?, ?> identity(int units) {
    return Rnn.builder(FEATURES, units)
        .activation(Activation.RELU)
        .inputInitializer(Initializer.normal(0.001))
        .recurrentInitializer(Initializer.identity(1));
  }

  @Override
  public Outcome run(Setting setting) throws IOException {
    int length = setting.by(20, 150, 400);
    int units = setting.by(50, 50, 100);
    Runner[] runners = {
      new Runner(
          "IRNN",
          identity(units),
          setting.by(1e-3, 3e-4, 1e-4),
          BATCH,
          setting.by(5000, 12000, 200_000)),
      new Runner(
          "LSTM",
          Lstm.builder(FEATURES, setting.by(24, 32, 100)).forgetBias(1),
          setting.by(2e-2, 2e-2, 2e-3),
          setting.by(16, 8, BATCH),
          setting.by(4000, 6000, 200_000)),
      new Runner(
          "tanh RNN", Rnn.builder(FEATURES, units), 1e-3, BATCH, setting.by(500, 6000, 200_000)),
    };
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures figures =
        Figures.of(
            "The adding problem, T = %d; medians of three networks".formatted(length),
            "network",
            "units",
            "learning rate",
            "batch",
            "steps made",
            "test error");
    LineChart chart =
        LineChart.titled("Validation error")
            .note("The network with the median test error of each kind.")
            .x("step")
            .y("mean squared error")
            .logarithmicY()
            .level("constant", AddingProblem.CONSTANT_ERROR)
            .level("a tenth of it", GOAL);
    for (Runner runner : runners) {
      double error = run(runner, length, setting, figures, chart);
      if (!runner.name.equals("tanh RNN")) {
        outcome.check(Check.atMost(runner.name + ": mean squared error", error, GOAL));
      } else if (length >= 150) {
        outcome.check(Check.atLeast("tanh RNN: mean squared error", error, GOAL));
      }
    }
    return outcome.figures(figures).picture(chart);
  }

  /** They learn, from 0 on. */
  private static void zeroBiases(SequenceModel model) {
    for (String name : List.of("rnn.bias_ih_l0", "rnn.bias_hh_l0")) {
      Parameter bias = model.parameters().get(name);
      bias.upload(model.queue(), new double[bias.size()]);
    }
  }

  private static double run(
      Runner runner, int length, Setting setting, Figures figures, LineChart chart)
      throws IOException {
    Lesson lesson = new Lesson(runner.batch, runner.steps, 250, 1, ENOUGH);
    AddingTrial trial = new AddingTrial(length, runner.rate, lesson);
    long[] seeds = setting.seeds();
    AddingTrial.Result[] results = new AddingTrial.Result[seeds.length];
    double[] errors = new double[seeds.length];
    double[] made = new double[seeds.length];
    for (int i = 0; i < seeds.length; i++) {
      try (SequenceModel model = AddingTrial.model(runner.cell, setting, seeds[i])) {
        if (runner.cell.spec().activation().equals(Activation.RELU)) {
          zeroBiases(model);
        }
        results[i] = trial.run(model, seeds[i]);
      }
      errors[i] = results[i].error();
      made[i] = results[i].curve().made();
    }
    double median = Scores.median(errors);
    for (int i = 0; i < seeds.length; i++) {
      if (errors[i] == median) {
        chart.line(runner.name, results[i].curve().steps(), results[i].curve().losses());
        break;
      }
    }
    int units = runner.cell.spec().hiddenSize();
    figures.row(runner.name, units, runner.rate, runner.batch, (int) Scores.median(made), median);
    return median;
  }
}
