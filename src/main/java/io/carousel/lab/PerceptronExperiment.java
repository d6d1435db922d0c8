package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.report.HeatMap;
import io.carousel.report.LineChart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The parts that every network here is made of, g(XW + b), and why there must be two layers of
 * them: exclusive or (Minsky and Papert 1969).
 */
final class PerceptronExperiment implements Experiment {
  private static final Rows XOR = Rows.ofLabels(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 0, 1, 1, 0);
  private static final int HIDDEN = 8;
  private static final String EXPLANATION =
      """
      A layer of perceptrons is g(XW + b): each row of X is an example, each column of W a unit, g \
      is applied to every element. The plots show four g and their derivatives, as the library's \
      own layer computes them forward and backward. The sigmoid's derivative is at most 1/4, that \
      of tanh at most 1, both vanish where the unit is saturated; ReLU's is 1 or 0.

      Exclusive or is the smallest task that a single layer cannot do. With f(x) = wx + b, \
      f(0,0) + f(1,1) = f(0,1) + f(1,0), so f cannot be negative at the first two points and positive \
      at the other two: three of four are the most that any w and b get right (Minsky and Papert \
      1969). A hidden layer with a g that is not linear first moves the points to where a line \
      separates them.\
      """;

  private static final List<Activation> FUNCTIONS =
      List.of(Activation.IDENTITY, Activation.SIGMOID, Activation.TANH, Activation.RELU);

  @Override
  public String name() {
    return "perceptron";
  }

  @Override
  public String question() {
    return "What can one layer g(XW + b) not learn that two can?";
  }

  @Override
  public Outcome run(Setting setting) throws IOException {
    Outcome outcome = Outcome.explained(EXPLANATION);
    curves(outcome);
    long[] seeds = setting.seeds();
    double[] linear = new double[seeds.length];
    double[] hidden = new double[seeds.length];
    Figures learned =
        Figures.of("Share of XOR's four points that are right", "seed", "one layer", "two layers");
    for (int i = 0; i < seeds.length; i++) {
      try (DenseNetwork one = new DenseNetwork(setting.device(), seeds[i], 2).linear(2);
          DenseNetwork two = twoLayers(setting.device(), seeds[i])) {
        linear[i] = learnXor(one);
        hidden[i] = learnXor(two);
        if (i == 0) {
          outcome.picture(decision(two));
        }
      }
      learned.row(seeds[i], linear[i], hidden[i]);
    }
    double best = bestOfRandom(setting, setting.by(10_000, 100_000, 1_000_000));
    outcome.figures(learned);
    outcome.check(
        Check.atMost("one layer, best of all seeds", Arrays.stream(linear).max().orElse(1), 0.75));
    outcome.check(Check.atMost("best of many single layers drawn at random", best, 0.75));
    outcome.check(Check.atLeast("two layers, median of seeds", Scores.median(hidden), 1));
    return outcome;
  }

  private static DenseNetwork twoLayers(Device device, long seed) {
    return new DenseNetwork(device, seed, 2).linear(HIDDEN).activation(Activation.TANH).linear(2);
  }

  private static double learnXor(DenseNetwork network) throws IOException {
    network.teach(XOR, 300, XOR.count(), 0.05);
    return Scores.agreement(network.answers(XOR), XOR.labels());
  }

  /** One layer of many units is as many models: each answers "yes" above 0. */
  private static double bestOfRandom(Setting setting, int units) {
    try (DenseNetwork network = new DenseNetwork(setting.device(), setting.seed(), 2)) {
      double[] outputs = network.linear(units).predict(XOR.count(), XOR.inputs());
      int best = 0;
      for (int unit = 0; unit < units; unit++) {
        int right = 0;
        for (int row = 0; row < XOR.count(); row++) {
          right += (outputs[row * units + unit] > 0 ? 1 : 0) == XOR.labels()[row] ? 1 : 0;
        }
        best = Math.max(best, right);
      }
      return best / (double) XOR.count();
    }
  }

  private static void curves(Outcome outcome) {
    double[] z = new double[400]; // an even number: ReLU has no derivative at 0
    Arrays.setAll(z, i -> -5 + 10 * (i + 0.5) / z.length);
    List<ActivationCurve> curves = new ArrayList<>();
    Figures figures =
        Figures.of("Activations", "g", "g(-1)", "g(1)", "largest g′", "g′ against slope of g");
    LineChart values = LineChart.titled("g(z)").x("z").y("g(z)");
    LineChart derivatives = LineChart.titled("Derivatives").x("z").y("g′(z)");
    double worst = 0;
    try (Device device = Setting.exact()) {
      for (Activation g : FUNCTIONS) {
        ActivationCurve curve = ActivationCurve.of(device, g, z);
        double[] ends = ActivationCurve.of(device, g, -1, 1).value();
        double error = ActivationCurve.slopeError(device, g, z);
        worst = Math.max(worst, error);
        curves.add(curve);
        figures.row(curve.name(), ends[0], ends[1], curve.largestDerivative(), error);
      }
    }
    for (ActivationCurve curve : curves) {
      values.line(curve.name(), z, curve.value());
      derivatives.line(curve.name(), z, curve.derivative());
    }
    outcome.figures(figures).picture(values).picture(derivatives);
    outcome.check(Check.atMost("largest difference of g′ from the slope of g", worst, 1e-7));
  }

  private static HeatMap decision(DenseNetwork network) {
    int side = 21;
    double[] ticks = new double[side];
    Arrays.setAll(ticks, i -> -0.5 + 2.0 * i / (side - 1));
    float[] inputs = new float[side * side * 2];
    for (int i = 0; i < side * side; i++) {
      inputs[2 * i] = (float) ticks[i % side];
      inputs[2 * i + 1] = (float) ticks[side - 1 - i / side]; // upwards
    }
    double[] logits = network.predict(side * side, inputs);
    double[][] yes = new double[side][side];
    double[] upwards = new double[side];
    for (int i = 0; i < side * side; i++) {
      yes[i / side][i % side] = 1 / (1 + Math.exp(logits[2 * i] - logits[2 * i + 1]));
      upwards[i / side] = ticks[side - 1 - i / side];
    }
    return HeatMap.titled("What two layers learned of exclusive or")
        .note("Probability of \"yes\". The four points are (0,0), (0,1), (1,0), (1,1).")
        .x("x₁", ticks)
        .y("x₂", upwards)
        .values("probability", yes)
        .range(0, 1);
  }
}
