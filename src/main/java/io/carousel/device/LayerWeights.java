package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer and direction, or gradients with respect to them.
 *
 * @param weightIh W_ih [G·H, in]
 * @param weightHh W_hh [G·H, R]
 * @param biasIh b_ih [1, G·H], null without biases
 * @param biasHh b_hh [1, G·H], null without biases
 * @param weightHr W_hr [R, H] of an LSTM with projection, else null
 * @param peephole [3, H] without gaps, p_i, p_f, p_o of an LSTM with peepholes, else null
 */
public record LayerWeights(
    Matrix weightIh,
    Matrix weightHh,
    @Nullable Matrix biasIh,
    @Nullable Matrix biasHh,
    @Nullable Matrix weightHr,
    @Nullable Matrix peephole) {
  /** The same biases and peepholes with other factors of products. */
  public LayerWeights withFactors(Matrix ih, Matrix hh, @Nullable Matrix hr) {
    return new LayerWeights(ih, hh, biasIh, biasHh, hr, peephole);
  }
}
