package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.nn.MeanSquaredError;
import io.carousel.nn.Parameter;
import io.carousel.optim.Sgd;
import io.carousel.report.LineChart;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.util.Arrays;
import java.util.List;

/** Back-propagation in the smallest network that has a hidden layer, one factor after the other. */
final class ChainRuleExperiment implements Experiment {
  private static final int INPUTS = 3;
  private static final int HIDDEN = 2;
  private static final Rows EXAMPLE =
      Rows.ofValues(1, new float[] {0.5f, -1, 0.75f}, new float[] {0.625f});
  private static final String EXPLANATION =
      """
      h = g(W₁x), ŷ = g(W₂h), J = (ŷ - y)², g = tanh; three inputs, two hidden units, one output, all \
      in float64. The chain rule takes J back to each weight as a product:

      ∂J/∂W₂[i] = ∂J/∂ŷ · g′(z₂) · h[i], and ∂J/∂W₁[i,j] = ∂J/∂ŷ · g′(z₂) · W₂[i] · g′(z₁[i]) · x[j]. \
      The first two factors are shared: going backwards they are computed once, which is what makes \
      back-propagation as cheap as the forward pass up to a constant (Rumelhart, Hinton, Williams \
      1986). In a recurrent network the factors W · g′ repeat at every step: see vanishing.

      Each product is held against the library's backward pass, and that against the slope \
      [J(w + δ) - J(w - δ)] / 2δ. The picture shows why δ is not simply taken tiny: the slope's own \
      error falls with δ² until rounding, which grows with 1/δ, takes over.\
      """;

  @Override
  public String name() {
    return "chain-rule";
  }

  @Override
  public String question() {
    return "How does the loss reach each weight, factor by factor?";
  }

  @Override
  public Outcome run(Setting setting) {
    Outcome outcome = Outcome.explained(EXPLANATION);
    try (Device device = Setting.exact();
        DenseNetwork network =
            new DenseNetwork(device, setting.seed(), INPUTS)
                .linearWithoutBias(HIDDEN)
                .activation(Activation.TANH)
                .linearWithoutBias(1)
                .activation(Activation.TANH);
        Trainer<Rows> trainer = trainer(network)) {
      Factors factors = Factors.of(network);
      double[] gradient = backward(network);
      double[] slope = slopes(network, trainer, 1e-5);
      outcome.figures(factors.table(gradient, slope));
      outcome.check(
          Check.atMost(
              "products of factors, from backward",
              relativeError(factors.products(), gradient),
              1e-12));
      outcome.check(
          Check.atMost("slopes of the loss, from backward", relativeError(slope, gradient), 1e-7));
      outcome.picture(steps(network, trainer, gradient));
    }
    return outcome;
  }

  private static Trainer<Rows> trainer(DenseNetwork network) {
    return new Trainer<>(
        objective(network), new Sgd(network.parameters(), 0), new TrainerSettings());
  }

  private static DenseObjective objective(DenseNetwork network) {
    return new DenseObjective(network, new MeanSquaredError(network.pool(), 1));
  }

  /** Largest difference, as a share of the largest gradient. */
  private static double relativeError(double[] values, double[] gradient) {
    double largest = Arrays.stream(gradient).map(Math::abs).max().orElse(Double.NaN);
    return Scores.largestDifference(values, gradient) / largest;
  }

  /** The factors of all products, in the order W₂ then W₁. */
  private record Factors(
      double dJ, double slope2, double[] w2, double[] h, double[] slope1, double[] x) {
    static Factors of(DenseNetwork network) {
      Device device = network.pool().device();
      double[] x = {EXAMPLE.inputs()[0], EXAMPLE.inputs()[1], EXAMPLE.inputs()[2]};
      double[] w1 = network.parameters().get("layer1.weight").download(network.queue());
      double[] w2 = network.parameters().get("layer2.weight").download(network.queue());
      double[] z1 = new double[HIDDEN];
      for (int i = 0; i < HIDDEN; i++) {
        for (int j = 0; j < INPUTS; j++) {
          z1[i] += w1[i * INPUTS + j] * x[j];
        }
      }
      ActivationCurve first = ActivationCurve.of(device, Activation.TANH, z1);
      double z2 = 0;
      for (int i = 0; i < HIDDEN; i++) {
        z2 += w2[i] * first.value()[i];
      }
      ActivationCurve second = ActivationCurve.of(device, Activation.TANH, z2);
      double dJ = 2 * (second.value()[0] - EXAMPLE.values()[0]);
      return new Factors(dJ, second.derivative()[0], w2, first.value(), first.derivative(), x);
    }

    double[] products() {
      double[] products = new double[HIDDEN + HIDDEN * INPUTS];
      for (int i = 0; i < HIDDEN; i++) {
        products[i] = dJ * slope2 * h[i];
        for (int j = 0; j < INPUTS; j++) {
          products[HIDDEN + i * INPUTS + j] = dJ * slope2 * w2[i] * slope1[i] * x[j];
        }
      }
      return products;
    }

    Figures table(double[] gradient, double[] slope) {
      Figures table =
          Figures.of(
              "The factors of each gradient (- where there is none)",
              "weight",
              "∂J/∂ŷ",
              "g′(z₂)",
              "W₂[i]",
              "g′(z₁[i])",
              "h[i] or x[j]",
              "product",
              "backward",
              "slope");
      double[] products = products();
      for (int k = 0; k < products.length; k++) {
        boolean upper = k < HIDDEN;
        int i = upper ? k : (k - HIDDEN) / INPUTS;
        int j = (k - HIDDEN) % INPUTS;
        table.row(
            upper ? "W₂[%d]".formatted(i) : "W₁[%d,%d]".formatted(i, j),
            dJ,
            slope2,
            upper ? "-" : Figures.shown(w2[i]),
            upper ? "-" : Figures.shown(slope1[i]),
            upper ? h[i] : x[j],
            products[k],
            gradient[k],
            slope[k]);
      }
      return table;
    }
  }

  /** The library's gradients of W₂, then W₁. */
  private static double[] backward(DenseNetwork network) {
    try (DenseObjective objective = objective(network)) {
      network.parameters().zeroGradients(network.queue());
      Matrix loss = network.pool().lease(1, 1);
      objective.accumulate(EXAMPLE, objective.weight(EXAMPLE), 0, loss);
      network.pool().release(loss);
      double[] all = new double[HIDDEN + HIDDEN * INPUTS];
      int next = 0;
      for (Parameter parameter : weights(network)) {
        double[] gradient = parameter.downloadGradient(network.queue());
        System.arraycopy(gradient, 0, all, next, gradient.length);
        next += gradient.length;
      }
      return all;
    }
  }

  /** [J(w + δ) - J(w - δ)] / 2δ of W₂, then W₁. */
  private static double[] slopes(DenseNetwork network, Trainer<Rows> trainer, double delta) {
    double[] slopes = new double[HIDDEN + HIDDEN * INPUTS];
    int next = 0;
    for (Parameter parameter : weights(network)) {
      double[] values = parameter.download(network.queue());
      for (int i = 0; i < values.length; i++) {
        double above = loss(network, trainer, parameter, values, i, delta);
        double below = loss(network, trainer, parameter, values, i, -delta);
        slopes[next++] = (above - below) / (2 * delta);
      }
      parameter.upload(network.queue(), values);
    }
    return slopes;
  }

  private static double loss(
      DenseNetwork network,
      Trainer<Rows> trainer,
      Parameter parameter,
      double[] values,
      int index,
      double delta) {
    double[] moved = values.clone();
    moved[index] += delta;
    parameter.upload(network.queue(), moved);
    return trainer.evaluate(RowBatches.inOrder(EXAMPLE, 1));
  }

  private static List<Parameter> weights(DenseNetwork network) {
    return List.of(
        network.parameters().get("layer2.weight"), network.parameters().get("layer1.weight"));
  }

  private static LineChart steps(DenseNetwork network, Trainer<Rows> trainer, double[] gradient) {
    double[] exponents = new double[23];
    double[] errors = new double[exponents.length];
    for (int k = 0; k < exponents.length; k++) {
      exponents[k] = -12 + 0.5 * k;
      double[] slope = slopes(network, trainer, Math.pow(10, exponents[k]));
      errors[k] = relativeError(slope, gradient);
    }
    return LineChart.titled("Error of the numerical gradient")
        .note("Too large a δ misses the curve, too small a one drowns in rounding.")
        .x("log₁₀ δ")
        .y("largest difference from backward, relative")
        .logarithmicY()
        .line("central difference", exponents, errors)
        .level("limit of the check", 1e-7);
  }
}
