package io.carousel.flow;

import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ∂s_t/∂s_{t-k} of one layer along one sequence, for every lag k: the product of k Jacobians of one
 * step, taken back by the layer's own backward pass with one row per component of the state. The
 * state s is h, or h and c side by side of an LSTM.
 *
 * <p>Products grow or shrink exponentially (Bengio, Simard, Frasconi 1994), so each is kept as
 * values · 2^exponent, and nothing overflows or is lost, in float32 neither.
 *
 * @param size S, the components of the state
 * @param lag k, 0 for the identity
 * @param values [S, S] row by row: row i, column j belongs to ∂s_t[i]/∂s_{t-k}[j]
 * @param exponent of two
 */
public record JacobianProduct(int size, int lag, double[] values, int exponent) {
  /**
   * The products along a sequence.
   *
   * @param layer one layer in one direction without dropout; its weights' gradients are added to
   * @param queue where the work goes
   * @param start the state s_{t-K}, of one sequence
   * @param inputs x_{t-K+1} … x_t, [K, I]
   * @return lags 0 to K; the last one starts from {@code start}
   */
  public static List<JacobianProduct> along(
      RecurrentLayer layer, Queue queue, StateVectors start, double[] inputs) {
    RecurrentSpec spec = layer.spec();
    int size = spec.stateSize() + (spec.cell().hasCellState() ? spec.hiddenSize() : 0);
    int steps = inputs.length / spec.inputSize();
    List<JacobianProduct> products = new ArrayList<>();
    try (UnrolledSteps unrolled = new UnrolledSteps(layer, queue, start.repeated(size))) {
      for (int t = 0; t < steps; t++) {
        int from = t * spec.inputSize();
        double[] x = Arrays.copyOfRange(inputs, from, from + spec.inputSize());
        unrolled.forward(StateVectors.repeated(x, size));
      }
      JacobianProduct product = identity(size);
      products.add(product);
      for (int lag = 1; lag <= steps; lag++) {
        StateVectors rows = StateVectors.parted(spec, size, product.values);
        double[] back = unrolled.backward(rows).sideBySide(spec);
        product = normalised(size, lag, back, product.exponent);
        products.add(product);
      }
    }
    return products;
  }

  private static JacobianProduct identity(int size) {
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return new JacobianProduct(size, 0, values, 0);
  }

  /** Scales by a power of two, which rounds nothing, so that the largest element is near 1. */
  private static JacobianProduct normalised(int size, int lag, double[] values, int exponent) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (!(largest > 0) || !Double.isFinite(largest)) {
      return new JacobianProduct(size, lag, values, exponent);
    }
    int shift = Math.getExponent(largest);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.scalb(values[i], -shift);
    }
    return new JacobianProduct(size, lag, values, exponent + shift);
  }

  /** ln of the spectral norm, the largest factor by which a vector grows; -∞ of zeros. */
  public double logSpectralNorm() {
    return Math.log(SingularValue.largest(values, size, size)) + exponent * Math.log(2);
  }

  /**
   * ln of the root mean square of the singular values, ‖·‖_F/√S: the factor by which a random
   * vector grows; -∞ of zeros.
   */
  public double logMeanNorm() {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.log(sum / size) / 2 + exponent * Math.log(2);
  }

  /** ∂s_t[i]/∂s_{t-k}[j] itself; may underflow or overflow. */
  public double at(int i, int j) {
    return Math.scalb(values[i * size + j], exponent);
  }
}
