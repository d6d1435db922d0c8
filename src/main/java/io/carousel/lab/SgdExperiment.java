package io.carousel.lab;

import io.carousel.device.Device;
import io.carousel.device.RandomStream;
import io.carousel.nn.MeanSquaredError;
import io.carousel.nn.ParameterSet;
import io.carousel.optim.Sgd;
import io.carousel.report.LineChart;
import io.carousel.train.EpochMetrics;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradient descent on a least-squares problem: after every epoch the weights must be where the
 * closed form says, whatever the batch size.
 */
final class SgdExperiment implements Experiment {
  private static final int EXAMPLES = 32;
  private static final int FEATURES = 2;
  private static final double RATE = 0.05;
  private static final String EXPLANATION =
      """
      The loop of the lectures: for each epoch, for each example, θ ← θ - η ∂J/∂θ. Taking b examples \
      at a time averages their gradients: b = 1 is the literal loop, b = n is gradient descent.

      With y = wx + c and the squared error, one step is an affine map θ ← (I - ηH)θ + ηg, where \
      H = 2/b Σ xxᵀ and g = 2/b Σ xy over the batch. An epoch is the product of such maps, \
      θ ← Mθ + v, so after k epochs θ = θ̂ + Mᵏ(θ₀ - θ̂) with the fixed point θ̂ = (I - M)⁻¹v. \
      For b = n the fixed point is the minimum itself. For b < n and a constant η it is not: the \
      last examples of each epoch pull last. Small batches are fast at first, as they step n/b times \
      an epoch, and then stay a little off, the less the smaller η is; which is why the learning \
      rate is lowered in the end (Robbins and Monro 1951: Σ η = ∞, Σ η² < ∞).\
      """;

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public String question() {
    return "Where does gradient descent go, one example at a time?";
  }

  /** Losses above the minimum and distances from the closed form, epoch by epoch from 0. */
  private record Path(double[] excess, double[] closedExcess, double difference, double off) {}

  @Override
  public Outcome run(Setting setting) throws IOException {
    int epochs = setting.by(60, 200, 1000);
    Rows rows = rows(setting.seed());
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures figures =
        Figures.of(
            "After %d epochs with η = %s, %d examples".formatted(epochs, RATE, EXAMPLES),
            "batch",
            "steps",
            "loss above minimum",
            "fixed point off minimum",
            "largest difference from closed form");
    LineChart chart =
        LineChart.titled("Loss above the minimum")
            .note("Solid: trained. Dashed: the closed form, which lies upon it.")
            .x("epoch")
            .y("mean squared error above the minimum")
            .logarithmicY();
    double[] epochNumbers = IntStream.rangeClosed(0, epochs).asDoubleStream().toArray();
    for (int batch : new int[] {1, 4, EXAMPLES}) {
      Path path = follow(rows, batch, epochs, RATE, setting.seed());
      int steps = epochs * (EXAMPLES / batch);
      double left = path.excess[epochs];
      figures.row(batch, steps, left, path.off, path.difference);
      chart.line("b = " + batch, epochNumbers, path.excess);
      chart.dashed("b = " + batch + ", closed form", epochNumbers, path.closedExcess);
      outcome.check(
          Check.atMost("b = " + batch + ": largest |θ - closed form|", path.difference, 1e-6));
    }
    Path half = follow(rows, 1, 4 * epochs, RATE / 4, setting.seed());
    double whole = (double) figures.rows().get(0).get(3);
    outcome.check(
        Check.atMost("b = 1: fixed point's share of distance with η/4", half.off / whole, 0.5));
    return outcome.figures(figures).picture(chart);
  }

  /** Numbers that float32 holds exactly, so that nothing is rounded on the way to the device. */
  private static Rows rows(long seed) {
    RandomStream random = new RandomStream(seed, "lab/sgd");
    float[] inputs = new float[EXAMPLES * FEATURES];
    float[] targets = new float[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int f = 0; f < FEATURES; f++) {
        inputs[i * FEATURES + f] = rounded(random.nextGaussian());
      }
      double truth = 1.5 * inputs[i * FEATURES] - 0.5 * inputs[i * FEATURES + 1] + 0.25;
      targets[i] = rounded(truth + 0.5 * random.nextGaussian());
    }
    return Rows.ofValues(EXAMPLES, inputs, targets);
  }

  private static float rounded(double value) {
    return Math.round(value * 1024) / 1024f;
  }

  private static Path follow(Rows rows, int batch, int epochs, double rate, long seed)
      throws IOException {
    List<double[]> trained = train(rows, batch, epochs, rate, seed);
    AffineMap epoch = AffineMap.identity(FEATURES + 1);
    for (int first = 0; first < EXAMPLES; first += batch) {
      epoch = step(rows, first, batch, rate).after(epoch);
    }
    double[] minimum = step(rows, 0, EXAMPLES, rate).fixedPoint();
    double least = loss(rows, minimum);
    double[] excess = new double[epochs + 1];
    double[] closedExcess = new double[epochs + 1];
    double difference = 0;
    double[] fixed = epoch.fixedPoint();
    for (int k = 0; k <= epochs; k++) {
      double[] closed = closedForm(epoch, fixed, trained.get(0), k);
      difference = Math.max(difference, Scores.largestDifference(trained.get(k), closed));
      excess[k] = loss(rows, trained.get(k)) - least;
      closedExcess[k] = loss(rows, closed) - least;
    }
    return new Path(excess, closedExcess, difference, Scores.largestDifference(fixed, minimum));
  }

  /** θ̂ + Mᵏ(θ₀ - θ̂). */
  private static double[] closedForm(AffineMap epoch, double[] fixed, double[] start, int k) {
    double[] gap = new double[start.length];
    for (int i = 0; i < gap.length; i++) {
      gap[i] = start[i] - fixed[i];
    }
    return new AffineMap(epoch.power(k).m(), fixed).apply(gap);
  }

  /** The update by one batch: (I - ηH)θ + ηg, with x and 1 for w and c. */
  private static AffineMap step(Rows rows, int first, int batch, double rate) {
    AffineMap map = AffineMap.identity(FEATURES + 1);
    for (int row = first; row < first + batch; row++) {
      double[] x = extended(rows, row);
      for (int i = 0; i < x.length; i++) {
        map.v()[i] += rate * 2 / batch * x[i] * rows.values()[row];
        for (int j = 0; j < x.length; j++) {
          map.m()[i][j] -= rate * 2 / batch * x[i] * x[j];
        }
      }
    }
    return map;
  }

  private static double[] extended(Rows rows, int row) {
    double[] x = new double[FEATURES + 1];
    for (int f = 0; f < FEATURES; f++) {
      x[f] = rows.inputs()[row * FEATURES + f];
    }
    x[FEATURES] = 1;
    return x;
  }

  private static double loss(Rows rows, double[] theta) {
    double sum = 0;
    for (int row = 0; row < EXAMPLES; row++) {
      double error = -rows.values()[row];
      double[] x = extended(rows, row);
      for (int i = 0; i < x.length; i++) {
        error += theta[i] * x[i];
      }
      sum += error * error;
    }
    return sum / EXAMPLES;
  }

  /** The weights (w, c) at the start and after each epoch, in float64. */
  private static List<double[]> train(Rows rows, int batch, int epochs, double rate, long seed)
      throws IOException {
    List<double[]> path = new ArrayList<>();
    try (Device device = Setting.exact();
        DenseNetwork network = new DenseNetwork(device, seed, FEATURES).linear(1)) {
      path.add(weights(network));
      TrainerSettings settings =
          new TrainerSettings()
              .epochs(epochs)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void epochEnded(EpochMetrics metrics) {
                      path.add(weights(network));
                    }
                  });
      MeanSquaredError loss = new MeanSquaredError(network.pool(), 1);
      try (Trainer<Rows> trainer =
          new Trainer<>(
              new DenseObjective(network, loss), new Sgd(network.parameters(), rate), settings)) {
        trainer.fit(RowBatches.inOrder(rows, batch));
      }
    }
    return path;
  }

  private static double[] weights(DenseNetwork network) {
    ParameterSet parameters = network.parameters();
    double[] w = parameters.get("layer1.weight").download(network.queue());
    double[] c = parameters.get("layer1.bias").download(network.queue());
    return new double[] {w[0], w[1], c[0]};
  }
}
