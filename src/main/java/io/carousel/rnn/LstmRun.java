package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** The LSTM cell; with a projection h = W_hr (o ∘ tanh c), as PyTorch has it. */
final class LstmRun extends CellRun {
  private final Matrix c;
  private final @Nullable Matrix bias = summedBias();
  private final @Nullable Matrix cPrev = training ? lease(spec.hiddenSize()) : null;

  /**
   * With a projection: o ∘ tanh c of all rows [Σ n_t, H], and in backward the gradient of the
   * projected h [Σ n_t, R].
   */
  private final @Nullable Matrix unprojected;

  private final @Nullable Matrix dProjected;
  private final @Nullable Matrix dUnprojected;

  LstmRun(Setup setup) {
    super(setup);
    if (setup.c() == null) {
      throw new IllegalArgumentException("an LSTM needs a cell state");
    }
    c = setup.c();
    boolean projection = weights.weightHr() != null;
    unprojected = projection ? lease(spec.hiddenSize()) : null;
    dProjected = projection && training ? lease(spec.stateSize()) : null;
    dUnprojected = projection && training ? lease(spec.hiddenSize()) : null;
  }

  @Override
  void forward(int first, int n) {
    Matrix gatesT = gates.rows(first, n);
    Matrix hT = h.rows(0, n);
    Matrix cT = c.rows(0, n);
    Matrix hPrevT = step(hPrev, first, n);
    Matrix cPrevT = step(cPrev, first, n);
    Matrix outputT = output.rows(first, n);
    queue.gemm(false, true, 1, hT, weights.weightHh(), 1, gatesT);
    if (weights.weightHr() == null || unprojected == null) {
      queue.lstmForward(LstmVariant.STANDARD, gatesT, bias, cT, cPrevT, hT, hPrevT, outputT);
      return;
    }
    Matrix unprojectedT = unprojected.rows(first, n);
    queue.lstmForward(LstmVariant.STANDARD, gatesT, bias, cT, cPrevT, null, null, unprojectedT);
    if (hPrevT != null) {
      queue.copy(hT, hPrevT);
    }
    queue.gemm(false, true, 1, unprojectedT, weights.weightHr(), 0, hT);
    queue.copy(hT, outputT);
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix gatesT = gates.rows(first, n);
    Matrix cPrevT = saved(cPrev).rows(first, n);
    Matrix dcT = saved(dc);
    if (weights.weightHr() == null || dProjected == null || dUnprojected == null) {
      queue.lstmBackward(LstmVariant.STANDARD, gatesT, cPrevT, dOutput, dh, dcT, null);
    } else {
      Matrix dProjectedT = dProjected.rows(first, n);
      Matrix dUnprojectedT = dUnprojected.rows(first, n);
      queue.copy(dh, dProjectedT);
      if (dOutput != null) {
        queue.axpy(1, dOutput, dProjectedT);
      }
      queue.gemm(false, false, 1, dProjectedT, weights.weightHr(), 0, dUnprojectedT);
      queue.lstmBackward(LstmVariant.STANDARD, gatesT, cPrevT, dUnprojectedT, null, dcT, null);
    }
    queue.gemm(false, false, 1, gatesT, weights.weightHh(), 0, dh);
  }

  @Override
  void weightGradients(LayerWeights gradients) {
    super.weightGradients(gradients);
    if (gradients.weightHr() != null) {
      queue.gemm(true, false, 1, saved(dProjected), saved(unprojected), 1, gradients.weightHr());
    }
  }
}
