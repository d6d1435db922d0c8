package io.carousel.flow;

import io.carousel.device.Cell;
import java.util.Arrays;
import java.util.Locale;

/**
 * Gradient flow through one layer and direction of a stack, as measured in an epoch.
 *
 * @param name such as {@code rnn layer 2 reverse}
 * @param cell of the stack
 * @param norms root mean square over sequences of ‖∂loss/∂h‖ at lags 0, lagStep, 2·lagStep, … steps
 *     before the step whose loss it is
 * @param lagStep lags that one number stands for, more than 1 for long sequences
 * @param saturated share of gates and activations whose derivative is below a tenth (tanh) or a
 *     fifth (sigmoid) of its largest value; gates that keep the state (forget or update near 1) are
 *     not counted
 * @param dead share of ReLU units that were 0 at every step seen, NaN where there are none
 * @param largestSingularValue of W_hh, all gates stacked
 */
@SuppressWarnings("ArrayRecordComponent")
public record RunFlow(
    String name,
    Cell cell,
    double[] norms,
    int lagStep,
    double saturated,
    double dead,
    double largestSingularValue) {
  private static final double EXPLODED = 100;
  private static final double VANISHED = 1e-3;

  /** The largest lag, in time steps. */
  public int largestLag() {
    return (norms.length - 1) * lagStep;
  }

  /**
   * The gradient at the largest lag by that at lag 0, or at the next lag where there is none at 0
   * (a loss of an LSTM's cell state); NaN where nothing arrives.
   */
  public double reach() {
    return relativeNorm(largestLag());
  }

  /**
   * The gradient at a lag by that at lag 0, as {@link #reach}.
   *
   * @param lag in time steps; the nearest one that was kept is taken
   * @return NaN beyond the largest lag, and where nothing arrives
   */
  public double relativeNorm(int lag) {
    int index = (lag + lagStep / 2) / lagStep;
    for (double norm : norms) {
      if (norm != 0) {
        return index < norms.length ? norms[index] / norm : Double.NaN;
      }
    }
    return Double.NaN;
  }

  /**
   * Factor by which the gradient's norm changes from one time step to the one before: the slope of
   * the least-squares line through the logarithms; NaN with fewer than two positive norms.
   */
  public double growthPerStep() {
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (int k = 0; k < norms.length; k++) {
      if (norms[k] > 0 && Double.isFinite(norms[k])) {
        double x = (double) k * lagStep;
        double y = Math.log(norms[k]);
        n++;
        sumX += x;
        sumY += y;
        sumXx += x * x;
        sumXy += x * y;
      }
    }
    return n < 2 ? Double.NaN : Math.exp((n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX));
  }

  /**
   * Time steps in which the gradient's norm halves; infinite where it does not fall, NaN where
   * nothing can be said.
   */
  public double halfLifeSteps() {
    double growth = growthPerStep();
    if (Double.isNaN(growth)) {
      return Double.NaN;
    }
    return growth < 1 ? -Math.log(2) / Math.log(growth) : Double.POSITIVE_INFINITY;
  }

  /** What it means. */
  public Verdict verdict() {
    boolean finite = Arrays.stream(norms).allMatch(Double::isFinite);
    if (finite && (norms.length < 2 || Double.isNaN(reach()))) {
      return Verdict.TOO_SHORT;
    }
    if (!finite || reach() > EXPLODED) {
      return Verdict.EXPLODING;
    }
    if (dead > 0.5) {
      return Verdict.DEAD;
    }
    if (saturated > 0.5) {
      return Verdict.SATURATED;
    }
    return reach() < VANISHED ? Verdict.VANISHING : Verdict.HEALTHY;
  }

  /** One line for people. */
  public String words() {
    if (verdict() == Verdict.TOO_SHORT) {
      return name + ": " + verdict().word();
    }
    double halfLife = halfLifeSteps();
    String life =
        halfLife == Double.POSITIVE_INFINITY
            ? "the gradient does not fall"
            : String.format(Locale.ROOT, "half-life %.1f steps", halfLife);
    return String.format(
        Locale.ROOT,
        "%s: %s (%s; %.2g of it arrives from %d steps back)",
        name,
        verdict().word(),
        life,
        reach(),
        largestLag());
  }
}
