package io.carousel.device;

/**
 * Adds to the gradients of a layer's and direction's weights what packed rows contribute that have
 * run backward.
 *
 * @param queue where the work goes
 * @param precision of the products
 * @param target accumulated
 */
public record WeightGradients(Queue queue, Precision precision, LayerWeights target) {
  /**
   * dW_ih += dXGatesᵀ · input and dW_hh += dHGatesᵀ · hPrev.
   *
   * @param dXGates [rows, G·H] gradient of x·W_ihᵀ
   * @param input [rows, in] as a factor
   * @param dHGates [rows, G·H] gradient of h·W_hhᵀ; in most cells the same
   * @param hPrev [rows, R] the state that each row started from
   */
  public void addProducts(Matrix dXGates, Matrix input, Matrix dHGates, Matrix hPrev) {
    queue.gemm(precision, true, false, 1, dXGates, input, 1, target.weightIh());
    queue.gemm(precision, true, false, 1, dHGates, hPrev, 1, target.weightHh());
  }

  /**
   * Adds the sum of all rows to both biases, where there are any.
   *
   * @param dGates [rows, G·H]
   * @param sum [1, G·H]; overwritten
   */
  public void addToBoth(Matrix dGates, Matrix sum) {
    if (target.biasIh() != null && target.biasHh() != null) {
      queue.sumRows(dGates, 0, sum);
      queue.axpy(1, sum, target.biasIh());
      queue.axpy(1, sum, target.biasHh());
    }
  }

  /** Adds the sums of all rows to the two biases, where there are any. */
  public void addToEach(Matrix dXGates, Matrix dHGates) {
    if (target.biasIh() != null && target.biasHh() != null) {
      queue.sumRows(dXGates, 1, target.biasIh());
      queue.sumRows(dHGates, 1, target.biasHh());
    }
  }
}
