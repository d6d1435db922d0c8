package io.carousel.rnn;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/** A GRU's biases as its cell operations want them: b_ir + b_hr, b_iz + b_hz, b_in, b_hn. */
final class GruBias {
  private GruBias() {}

  /** b_ih and b_hh [1, 3H] of a run, packed into [1, 4H]; null without biases. */
  static @Nullable Matrix pack(CellRun run) {
    Matrix ih = run.weights.biasIh();
    Matrix hh = run.weights.biasHh();
    if (ih == null || hh == null) {
      return null;
    }
    int units = run.spec.hiddenSize();
    Matrix packed = run.leaseRow(4 * units);
    Queue queue = run.queue;
    queue.copy(ih, packed.columns(0, 3 * units));
    queue.axpy(1, hh.columns(0, 2 * units), packed.columns(0, 2 * units));
    queue.copy(hh.columns(2 * units, units), packed.columns(3 * units, units));
    return packed;
  }
}
