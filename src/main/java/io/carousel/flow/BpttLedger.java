package io.carousel.flow;

import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.Parameter;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Back-propagation through time, entry by entry. The gradient of the loss J_t of one step is a sum
 * over the steps up to t, at each of which the weights were used,
 *
 * <pre>dJ_t/dW = Σ_{k≤t} dJ_t/ds_t · ds_t/ds_k · ∂⁺s_k/∂W,</pre>
 *
 * where ∂⁺ takes s_{k-1} as a constant (Werbos 1990; notation of Pascanu, Mikolov, Bengio 2013).
 * Each term is found by itself: every step is a training pass of its own, the gradient is taken
 * back from t to k, and what that one step adds to the weight's gradient is the term.
 */
public final class BpttLedger {
  private final List<List<double[]>> terms;

  private BpttLedger(List<List<double[]>> terms) {
    this.terms = terms;
  }

  /**
   * The terms of a weight; t and k count from 0.
   *
   * @param layer one layer in one direction without dropout; starts from zeros
   * @param weight of the layer; its gradient on the device is overwritten
   * @param queue where the work goes
   * @param rows N
   * @param inputs [T, N, I]
   * @param dStates [T, N, R]: dJ_t/dh_t, what the loss of each step says of that step's own state
   */
  public static BpttLedger of(
      RecurrentLayer layer,
      Parameter weight,
      Queue queue,
      int rows,
      double[] inputs,
      double[] dStates) {
    RecurrentSpec spec = layer.spec();
    int steps = inputs.length / (rows * spec.inputSize());
    List<List<double[]>> terms = new ArrayList<>();
    StateVectors start = StateVectors.zeros(spec, rows);
    for (int t = 0; t < steps; t++) {
      try (UnrolledSteps unrolled = new UnrolledSteps(layer, queue, start)) {
        for (int k = 0; k <= t; k++) {
          unrolled.forward(row(inputs, k, rows * spec.inputSize()));
        }
        double[] dh = row(dStates, t, rows * spec.stateSize());
        StateVectors gradient = new StateVectors(dh, start.c());
        double[][] ofStep = new double[t + 1][];
        for (int k = t; k >= 0; k--) {
          queue.fill(weight.gradient(), 0);
          gradient = unrolled.backward(gradient);
          ofStep[k] = weight.downloadGradient(queue);
        }
        terms.add(List.of(ofStep));
      }
    }
    return new BpttLedger(terms);
  }

  private static double[] row(double[] values, int index, int width) {
    return Arrays.copyOfRange(values, index * width, (index + 1) * width);
  }

  /** T. */
  public int steps() {
    return terms.size();
  }

  /** dJ_t/ds_t · ds_t/ds_k · ∂⁺s_k/∂W, of the weight's size; not a copy. */
  public double[] term(int t, int k) {
    return terms.get(t).get(k);
  }

  /** dJ_t/dW: the sum of its terms. */
  public double[] gradientOfStep(int t) {
    double[] sum = new double[term(0, 0).length];
    terms.get(t).forEach(term -> add(term, sum));
    return sum;
  }

  /** dJ/dW with J = Σ J_t: the sum of all terms. */
  public double[] gradient() {
    double[] sum = new double[term(0, 0).length];
    for (List<double[]> ofStep : terms) {
      ofStep.forEach(term -> add(term, sum));
    }
    return sum;
  }

  private static void add(double[] term, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += term[i];
    }
  }
}
