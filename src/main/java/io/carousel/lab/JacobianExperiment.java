package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Queue;
import io.carousel.device.RandomStream;
import io.carousel.device.RecurrentSpec;
import io.carousel.flow.JacobianProduct;
import io.carousel.flow.StateVectors;
import io.carousel.flow.UnrolledSteps;
import io.carousel.nn.Initializer;
import io.carousel.nn.ParameterSet;
import io.carousel.report.HeatMap;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The Jacobian of one step, three times: by the lectures' formula, by central differences, and by
 * the library's backward pass.
 */
final class JacobianExperiment implements Experiment {
  private static final int INPUTS = 3;
  private static final double EPSILON = 1e-5;
  private static final double TOLERANCE = 1e-7;
  private static final String EXPLANATION =
      """
      How does the state before a step move the state after it? With columns as vectors, \
      s_n = f(W s_{n-1} + U x_n + b), the chain rule gives J = ∂s_n/∂s_{n-1} = diag(f′)·W, where \
      row i, column j is ∂s_n[i]/∂s_{n-1}[j] and f′ is taken at the step's pre-activations.

      The lectures write Wᵀ·diag(f′). That is the same thing transposed: with the derivatives of one \
      output down a column, ∂s_n/∂s_{n-1} is Jᵀ = Wᵀ·diag(f′), and it is what back-propagation \
      multiplies from the left: δ_{n-1} = Wᵀ·diag(f′)·δ_n (so in Pascanu, Mikolov, Bengio 2013, whose \
      state is the pre-activation, which moves f′ one step back). The order of the factors turns \
      round with the transposition; W·diag(f′) is neither of the two, and the table shows how far off \
      it is.

      Here W is the library's weight_hh [H, H], asymmetric and random. The numerical Jacobian is made \
      of central differences of the layer's forward pass, (s_n(s+ε) - s_n(s-ε)) / 2ε with ε = 1e-5, in \
      float64; the third one is its backward pass from each unit vector. An LSTM's state is (h, c), its Jacobian \
      [2H, 2H]; a GRU's is [H, H]; they have no one-line formula.\
      """;

  @Override
  public String name() {
    return "jacobian";
  }

  @Override
  public String question() {
    return "How does one state move the next, and what is transposed?";
  }

  @Override
  public Outcome run(Setting setting) {
    int units = setting.by(5, 8, 32);
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures figures =
        Figures.of(
            "Largest difference from the numerical ∂s_n/∂s_{n-1}, %d units".formatted(units),
            "cell",
            "by",
            "difference");
    Map<String, RecurrentLayer.Builder<?, ?>> cells = new LinkedHashMap<>();
    cells.put("tanh", Rnn.builder(INPUTS, units));
    cells.put("sigmoid", Rnn.builder(INPUTS, units).activation(Activation.SIGMOID));
    cells.put("ReLU", Rnn.builder(INPUTS, units).activation(Activation.RELU));
    cells.put("LSTM", Lstm.builder(INPUTS, units));
    cells.put("GRU", Gru.builder(INPUTS, units));
    cells.forEach((name, cell) -> compare(name, cell, setting, outcome, figures));
    return outcome.figures(figures);
  }

  private static void compare(
      String name,
      RecurrentLayer.Builder<?, ?> cell,
      Setting setting,
      Outcome outcome,
      Figures figures) {
    int units = cell.spec().hiddenSize();
    Initializer spread = Initializer.normal(1 / Math.sqrt(units));
    cell.recurrentInitializer(spread).inputInitializer(spread);
    try (Device device = Setting.exact();
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, setting.seed(), "jacobian " + name);
        RecurrentLayer layer = cell.build(parameters, "rnn")) {
      RandomStream random = new RandomStream(setting.seed(), "lab/jacobian");
      double[] x = draw(random, INPUTS);
      double[] c = cell.spec().cell().hasCellState() ? draw(random, units) : null;
      StateVectors start = new StateVectors(draw(random, units), c);
      double[] numerical = numerical(layer, queue, x, start);
      JacobianProduct product = JacobianProduct.along(layer, queue, start, x).get(1);
      double[] backward = new double[numerical.length];
      Arrays.setAll(backward, i -> product.at(i / product.size(), i % product.size()));
      if (name.equals("tanh") || name.equals("LSTM")) {
        outcome.picture(map(name, numerical, product.size()));
      }
      double byBackward = Scores.largestDifference(backward, numerical);
      outcome.check(Check.atMost(name + ": backward pass - numerical", byBackward, TOLERANCE));
      figures.row(name, "backward pass", byBackward);
      if (layer.spec().cell() != Cell.RNN) {
        return;
      }
      double[] w = parameters.get("rnn.weight_hh_l0").download(queue);
      double[] slope = slopes(layer, parameters, queue, x, start.h());
      double[] formula = entries(units, (i, j) -> slope[i] * w[i * units + j]);
      double[] lectures = entries(units, (i, j) -> w[j * units + i] * slope[j]);
      double[] back = entries(units, (i, j) -> lectures[j * units + i]);
      double[] wrong = entries(units, (i, j) -> w[i * units + j] * slope[j]);
      double byFormula = Scores.largestDifference(formula, numerical);
      double byLectures = Scores.largestDifference(back, numerical);
      double byWrong = Scores.largestDifference(wrong, numerical);
      figures.row(name, "diag(f′)·W", byFormula);
      figures.row(name, "Wᵀ·diag(f′), transposed", byLectures);
      figures.row(name, "W·diag(f′), which is neither", byWrong);
      outcome.check(Check.atMost(name + ": (Wᵀ·diag f′)ᵀ - numerical", byLectures, TOLERANCE));
      outcome.check(Check.atLeast(name + ": W·diag f′ - numerical", byWrong, 1e-2));
    }
  }

  private static HeatMap map(String name, double[] jacobian, int size) {
    double[][] grid = new double[size][];
    Arrays.setAll(grid, i -> Arrays.copyOfRange(jacobian, i * size, (i + 1) * size));
    double[] numbers = IntStream.rangeClosed(1, size).asDoubleStream().toArray();
    String parts = name.equals("LSTM") ? "h, then c" : "s";
    return HeatMap.titled("∂s_n/∂s_{n-1}, " + name)
        .note("Row i, column j: how component j of the state before moves component i after.")
        .x("j of the state before (" + parts + ")", numbers)
        .y("i of the state after (" + parts + ")", numbers)
        .values("derivative", grid)
        .diverging(0);
  }

  private static double[] draw(RandomStream random, int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }

  private static double[] entries(int size, Entry entry) {
    double[] values = new double[size * size];
    Arrays.setAll(values, i -> entry.at(i / size, i % size));
    return values;
  }

  private interface Entry {
    double at(int i, int j);
  }

  /** f′ at the pre-activations W s + U x + b_ih + b_hh, computed plainly. */
  private static double[] slopes(
      RecurrentLayer layer, ParameterSet parameters, Queue queue, double[] x, double[] s) {
    double[] w = parameters.get("rnn.weight_hh_l0").download(queue);
    double[] u = parameters.get("rnn.weight_ih_l0").download(queue);
    double[] bias = parameters.get("rnn.bias_ih_l0").download(queue);
    double[] second = parameters.get("rnn.bias_hh_l0").download(queue);
    double[] slopes = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      double a = bias[i] + second[i];
      for (int j = 0; j < s.length; j++) {
        a += w[i * s.length + j] * s[j];
      }
      for (int j = 0; j < x.length; j++) {
        a += u[i * x.length + j] * x[j];
      }
      slopes[i] = ScalarFunctions.slope(layer.spec().activation(), a);
    }
    return slopes;
  }

  /** ∂s_n[i]/∂s_{n-1}[j] by central differences: row j of a batch has component j moved. */
  private static double[] numerical(
      RecurrentLayer layer, Queue queue, double[] x, StateVectors start) {
    RecurrentSpec spec = layer.spec();
    int size = start.h().length + (start.c() == null ? 0 : start.c().length);
    double[][] moved = new double[2][];
    for (int side = 0; side < 2; side++) {
      StateVectors rows = start.repeated(size);
      for (int j = 0; j < size; j++) {
        move(rows, spec, j, side == 0 ? EPSILON : -EPSILON);
      }
      try (UnrolledSteps step = new UnrolledSteps(layer, queue, rows)) {
        step.forward(StateVectors.repeated(x, size));
        moved[side] = step.state().sideBySide(spec);
      }
    }
    double[] jacobian = new double[size * size];
    for (int j = 0; j < size; j++) {
      for (int i = 0; i < size; i++) {
        double difference = moved[0][j * size + i] - moved[1][j * size + i];
        jacobian[i * size + j] = difference / (2 * EPSILON);
      }
    }
    return jacobian;
  }

  private static void move(StateVectors rows, RecurrentSpec spec, int j, double by) {
    double[] c = rows.c();
    if (c != null && j >= spec.stateSize()) {
      c[j * spec.hiddenSize() + j - spec.stateSize()] += by;
    } else {
      rows.h()[j * spec.stateSize() + j] += by;
    }
  }
}
