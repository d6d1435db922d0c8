package io.carousel.device.pass;

import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass reads.
 *
 * @param weights of each run, the factors of products in the device's operand type
 * @param input [Σ n_t, I]
 * @param h0 [L·D·N, R], null for zeros
 * @param c0 [L·D·N, H], null for zeros
 */
public record PassInputs(
    List<LayerWeights> weights, Matrix input, @Nullable Matrix h0, @Nullable Matrix c0) {
  /** Inputs of our own for the same weights. */
  PassInputs lease(Leases leases) {
    return new PassInputs(
        weights,
        leases.lease(input.rows(), input.columns()),
        leases.leaseLike(h0),
        leases.leaseLike(c0));
  }
}
