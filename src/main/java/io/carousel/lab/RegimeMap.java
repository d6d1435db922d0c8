package io.carousel.lab;

import io.carousel.device.Device;
import io.carousel.device.Queue;
import io.carousel.device.RandomStream;
import io.carousel.flow.JacobianProduct;
import io.carousel.flow.SingularValue;
import io.carousel.flow.StateVectors;
import io.carousel.flow.UnrolledSteps;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.Arrays;
import java.util.List;

/** Measures how Jacobian products of random networks grow with the lag. */
final class RegimeMap {
  /** The longest lag; the growing ones must not overflow float32 on their way. */
  static final int LONGEST = 32;

  /** Where spectral norms are taken. */
  static final int[] LAGS = {1, 2, 4, 8, 16, LONGEST};

  private static final int BURN_IN = 4;
  private static final int REPETITIONS = 10;

  private final Device device;
  private final long firstSeed;

  RegimeMap(Device device, long firstSeed) {
    this.device = device;
    this.firstSeed = firstSeed;
  }

  /**
   * Medians over ten networks.
   *
   * @param rate nats per step between half of the longest lag and the longest
   * @param logNorms ln ‖∂s_t/∂s_{t-k}‖₂ at {@link #LAGS}
   * @param excess the most by which any norm of a plain network lies above (γσ_max)ᵏ, in nats
   * @param contracting how many networks have γσ_max &lt; 1
   * @param contractingRate the largest rate of these; -∞ without any
   */
  record Cell(
      double rate, double[] logNorms, double excess, int contracting, double contractingRate) {}

  /** One network. */
  private record Measured(double rate, double[] logNorms, double logBound) {}

  Cell cell(VanishingCell kind, int units, double g) {
    double[] rates = new double[REPETITIONS];
    double[][] byLag = new double[LAGS.length][REPETITIONS];
    double excess = Double.NEGATIVE_INFINITY;
    int contracting = 0;
    double contractingRate = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < REPETITIONS; i++) {
      Measured one = measure(kind, units, g, firstSeed + i);
      rates[i] = one.rate;
      for (int lag = 0; lag < LAGS.length; lag++) {
        byLag[lag][i] = one.logNorms[lag];
        excess = Math.max(excess, one.logNorms[lag] - LAGS[lag] * one.logBound);
      }
      if (kind.isRnn() && one.logBound < 0) {
        contracting++;
        contractingRate = Math.max(contractingRate, one.rate);
      }
    }
    double[] medians = Arrays.stream(byLag).mapToDouble(Scores::median).toArray();
    return new Cell(
        Scores.median(rates),
        medians,
        kind.isRnn() ? excess : Double.NEGATIVE_INFINITY,
        contracting,
        contractingRate);
  }

  private Measured measure(VanishingCell kind, int units, double g, long seed) {
    try (Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, seed, "vanishing");
        RecurrentLayer layer = kind.builder(units, g).build(parameters, "rnn")) {
      RandomStream random = new RandomStream(seed, "lab/vanishing");
      StateVectors start = settled(layer, queue, random);
      double[] inputs = gaussians(random, LONGEST * VanishingCell.INPUTS);
      List<JacobianProduct> products = JacobianProduct.along(layer, queue, start, inputs);
      double[] logNorms =
          Arrays.stream(LAGS).mapToDouble(k -> products.get(k).logSpectralNorm()).toArray();
      double late = products.get(LONGEST).logMeanNorm();
      double early = products.get(LONGEST / 2).logMeanNorm();
      // a unit that was off for one step has an exact zero: a change of the state is gone
      double rate =
          Double.isInfinite(late) ? Double.NEGATIVE_INFINITY : (late - early) / (LONGEST / 2);
      double[] w = parameters.get("rnn.weight_hh_l0").download(queue);
      double sigma = SingularValue.largest(w, w.length / units, units);
      double steepest = ScalarFunctions.steepest(kind.function());
      return new Measured(rate, logNorms, Math.log(steepest * sigma));
    }
  }

  /** A state after some steps from |N(0, 1)|, so that no network starts dead. */
  private static StateVectors settled(RecurrentLayer layer, Queue queue, RandomStream random) {
    StateVectors start = StateVectors.zeros(layer.spec(), 1);
    Arrays.setAll(start.h(), i -> Math.abs(random.nextGaussian()));
    try (UnrolledSteps steps = new UnrolledSteps(layer, queue, start)) {
      for (int t = 0; t < BURN_IN; t++) {
        steps.forward(gaussians(random, VanishingCell.INPUTS));
      }
      return steps.state();
    }
  }

  private static double[] gaussians(RandomStream random, int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }
}
