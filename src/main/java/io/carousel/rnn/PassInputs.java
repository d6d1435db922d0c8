package io.carousel.rnn;

import io.carousel.device.Device;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
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
record PassInputs(
    List<LayerWeights> weights, Matrix input, @Nullable Matrix h0, @Nullable Matrix c0) {
  /** Work that was recorded does not look at its operands again: this does. */
  void requireUsable(Device device) {
    OperandChecks.onDevice(device, input, h0, c0);
    OperandChecks.onDevice(device, weights);
  }
}
