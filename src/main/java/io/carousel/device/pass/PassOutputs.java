package io.carousel.device.pass;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a pass writes forward.
 *
 * @param output [Σ n_t, D·R]
 * @param hN [L·D·N, R]
 * @param cN [L·D·N, H], null where there is no cell state
 */
public record PassOutputs(Matrix output, Matrix hN, @Nullable Matrix cN) {
  /** Outputs of a pass in training, which owns them. */
  public static PassOutputs lease(Leases leases, RecurrentSpec spec, PackedShape shape) {
    int states = spec.runs() * shape.batchSize();
    return new PassOutputs(
        leases.lease(shape.rows(), spec.outputSize()),
        leases.lease(states, spec.stateSize()),
        spec.cell().hasCellState() ? leases.lease(states, spec.hiddenSize()) : null);
  }
}
