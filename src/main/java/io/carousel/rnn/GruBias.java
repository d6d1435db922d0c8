package io.carousel.rnn;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;

/** A GRU's biases as its cell operations want them: b_ir + b_hr, b_iz + b_hz, b_in, b_hn. */
final class GruBias {
  private GruBias() {}

  /** Packs b_ih and b_hh [1, 3H] into [1, 4H]. */
  static void pack(Queue queue, Matrix biasIh, Matrix biasHh, Matrix packed) {
    int units = biasIh.columns() / 3;
    queue.copy(biasIh, packed.columns(0, 3 * units));
    queue.axpy(1, biasHh.columns(0, 2 * units), packed.columns(0, 2 * units));
    queue.copy(biasHh.columns(2 * units, units), packed.columns(3 * units, units));
  }
}
