package io.carousel.device;

import org.jspecify.annotations.Nullable;

/** The two biases of a layer and direction as its cell operations want them: in one row. */
public final class CellBias {
  private CellBias() {}

  /**
   * b_ih + b_hh [1, G·H], for cells in which only the sum counts; null without biases.
   *
   * @param leases lend the row
   */
  public static @Nullable Matrix summed(Queue queue, LayerWeights weights, Leases leases) {
    Matrix ih = weights.biasIh();
    Matrix hh = weights.biasHh();
    if (ih == null || hh == null) {
      return null;
    }
    Matrix sum = leases.lease(1, ih.columns());
    queue.copy(ih, sum);
    queue.axpy(1, hh, sum);
    return sum;
  }

  /**
   * A GRU's b_ir + b_hr, b_iz + b_hz, b_in, b_hn [1, 4H]; null without biases.
   *
   * @param leases lend the row
   */
  public static @Nullable Matrix ofGru(Queue queue, LayerWeights weights, Leases leases) {
    Matrix ih = weights.biasIh();
    Matrix hh = weights.biasHh();
    if (ih == null || hh == null) {
      return null;
    }
    int units = ih.columns() / 3;
    Matrix packed = leases.lease(1, 4 * units);
    queue.copy(ih, packed.columns(0, 3 * units));
    queue.axpy(1, hh.columns(0, 2 * units), packed.columns(0, 2 * units));
    queue.copy(hh.columns(2 * units, units), packed.columns(3 * units, units));
    return packed;
  }
}
