package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.RandomStream;
import java.util.function.DoubleUnaryOperator;

/**
 * How fast small changes of the state grow in a wide random network, in nats per step, by
 * mean-field theory: with recurrent weights ~ N(0, g²/n) and n → ∞ pre-activations are Gaussian
 * across the units, and the mean square of a change is multiplied by the same factor χ at every
 * step (Sompolinsky, Crisanti, Sommers 1988; in discrete time Molgedey, Schuchhardt, Schuster 1992;
 * gated cells: Chen, Pennington, Schoenholz 2018). The rate is ½ ln χ.
 */
final class MeanField {
  private static final int UNITS = 2000;
  private static final int STEPS = 60;
  private static final int BURN_IN = 30;

  /**
   * Growth of a cell that carries its state along a gate, by two limits in nats per step. A change
   * stays where it is by the gate z and hops to other units by W times a gain a. The mean square of
   * a product is a sum over pairs of ways through the steps; each limit leaves out pairs whose
   * share is positive, so the truth is not far above the larger one.
   *
   * @param independent with hops that do not add up over the steps: ½ ln χ
   * @param frozen with gates at their means, so that hops at different steps by the same W add up:
   *     ln(z + g·a), the spectral radius of zI + aW (circular law: Girko 1984)
   */
  record Gated(double independent, double frozen) {}

  private MeanField() {}

  /**
   * s' = f(W s + ξ): χ = g² E f′(a)², where the variance of a solves v = g² E f(a)² + v_in.
   *
   * @param f its function
   * @param g weights are ~ N(0, g²/n)
   * @param inputVariance of ξ, drawn anew at each step
   */
  static double ofRnn(Activation f, double g, double inputVariance) {
    if (f.equals(Activation.RELU)) {
      return Math.log(g * g / 2) / 2; // half of the units are on, whatever the variance
    }
    double v = inputVariance;
    for (int i = 0; i < 500; i++) {
      double spread = Math.sqrt(v);
      v = g * g * gaussianMean(z -> square(ScalarFunctions.value(f, spread * z))) + inputVariance;
    }
    double spread = Math.sqrt(v);
    return Math.log(g * g * gaussianMean(z -> square(ScalarFunctions.slope(f, spread * z)))) / 2;
  }

  private static double square(double x) {
    return x * x;
  }

  /** E y(z) with z ~ N(0, 1), by the trapezoidal rule. */
  private static double gaussianMean(DoubleUnaryOperator y) {
    double sum = 0;
    double weights = 0;
    for (int i = -800; i <= 800; i++) {
      double z = i * 0.01;
      double weight = Math.exp(-z * z / 2);
      sum += weight * y.applyAsDouble(z);
      weights += weight;
    }
    return sum / weights;
  }

  /**
   * A GRU without biases: δh' = z δh + z(1-z)(h-n) W_z δh + (1-z)(1-n²)(r W_n + u_n r(1-r) W_r) δh,
   * whose four parts are independent. Averages are taken over a population of single units that see
   * each other through the mean square of h alone.
   */
  static Gated ofGru(double g, double inputVariance, long seed) {
    RandomStream random = new RandomStream(seed, "lab/mean field GRU");
    double[] h = new double[UNITS];
    double chi = 0;
    double gate = 0;
    double gain = 0;
    for (int step = 0; step < BURN_IN + STEPS; step++) {
      double share = step < BURN_IN ? 0 : 1.0 / (UNITS * STEPS);
      double recurrent = g * rootMeanSquare(h);
      double input = Math.sqrt(inputVariance);
      double both = Math.hypot(recurrent, input);
      for (int i = 0; i < UNITS; i++) {
        double r = sigmoid(both * random.nextGaussian());
        double z = sigmoid(both * random.nextGaussian());
        double u = recurrent * random.nextGaussian();
        double n = Math.tanh(input * random.nextGaussian() + r * u);
        double byGate = square(z * (1 - z) * (h[i] - n));
        double byCandidate = square((1 - z) * (1 - n * n));
        byCandidate *= square(r) + square(u * r * (1 - r));
        chi += share * (square(z) + g * g * (byGate + byCandidate));
        gate += share * z;
        gain += share * (1 - z) * (1 - n * n) * r;
        h[i] = z * h[i] + (1 - z) * n;
      }
    }
    return new Gated(Math.log(chi) / 2, Math.log(gate + g * gain));
  }

  /**
   * An LSTM: the mean squares of δc and δh follow δc' = f δc + (c f' W_f + g i' W_i + i g' W_g) δh
   * and δh' = o' tanh(c) W_o δh + o (1 - tanh² c) δc'. χ is the larger eigenvalue of that 2 × 2
   * map.
   */
  static Gated ofLstm(double g, double inputVariance, double forgetBias, long seed) {
    RandomStream random = new RandomStream(seed, "lab/mean field LSTM");
    double[] h = new double[UNITS];
    double[] c = new double[UNITS];
    double kept = 0;
    double written = 0;
    double read = 0;
    double gated = 0;
    double gate = 0;
    double gainIn = 0;
    double gainOut = 0;
    for (int step = 0; step < BURN_IN + STEPS; step++) {
      double spread = Math.hypot(g * rootMeanSquare(h), Math.sqrt(inputVariance));
      double share = step < BURN_IN ? 0 : 1.0 / (UNITS * STEPS);
      for (int k = 0; k < UNITS; k++) {
        double i = sigmoid(spread * random.nextGaussian());
        double f = sigmoid(forgetBias + spread * random.nextGaussian());
        double a = Math.tanh(spread * random.nextGaussian());
        double o = sigmoid(spread * random.nextGaussian());
        kept += share * square(f);
        written +=
            share
                * (square(c[k] * f * (1 - f)) + square(a * i * (1 - i)) + square(i * (1 - a * a)));
        c[k] = f * c[k] + i * a;
        double out = Math.tanh(c[k]);
        gated += share * square(o * (1 - o) * out);
        read += share * square(o * (1 - out * out));
        h[k] = o * out;
        gate += share * f;
        gainIn += share * i * (1 - a * a);
        gainOut += share * o * (1 - out * out);
      }
    }
    // (δc², δh²)' = [[kept, g² written], [read·kept, g² (gated + read·written)]] (δc², δh²)
    double trace = kept + g * g * (gated + read * written);
    double determinant = kept * g * g * gated;
    double chi = trace / 2 + Math.sqrt(Math.max(trace * trace / 4 - determinant, 0));
    return new Gated(Math.log(chi) / 2, Math.log(gate + g * gainIn * gainOut));
  }

  private static double rootMeanSquare(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += value * value;
    }
    return Math.sqrt(sum / x.length);
  }

  private static double sigmoid(double a) {
    return ScalarFunctions.value(Activation.SIGMOID, a);
  }
}
