package io.carousel.rnn;

import io.carousel.device.CellBias;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Elman's cell: h' = f(W_ih x + b_ih + W_hh h + b_hh). */
final class RnnRun extends CellRun {
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);

  RnnRun(Setup setup) {
    super(setup);
  }

  @Override
  void forward(int first, int n) {
    Matrix gatesT = gates.rows(first, n);
    Matrix state = h.rows(0, n);
    product(queue, false, true, state, weights.weightHh(), 1, gatesT);
    queue.rnnForward(
        spec.activation(), gatesT, bias, state, step(hPrev, first, n), output.rows(first, n));
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix gatesT = gates.rows(first, n);
    queue.rnnBackward(spec.activation(), gatesT, dOutput, dh);
    product(queue, false, false, gatesT, weights.weightHh(), 0, dh);
  }
}
