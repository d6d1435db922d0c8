package io.carousel.nn;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * A forward pass of a layer in training whose gradients were not taken yet. It holds matrices of
 * the layer's pool until {@link #backward} consumes it or {@link #close} abandons it; several
 * passes of one layer may be open.
 */
public interface Pass extends AutoCloseable {
  /**
   * The output [rows, outputSize]; valid until the pass ends.
   *
   * @throws IllegalStateException when it has ended
   */
  Matrix output();

  /**
   * Back-propagates and ends the pass: accumulates the gradients of the layer's parameters and
   * overwrites the gradient of its input.
   *
   * @param dOutput [rows, outputSize]; read; may be {@link #output} only where the layer says so
   * @param dInput [rows, inputSize], null where not wanted; overwritten
   * @throws IllegalStateException when the pass has ended before
   * @throws IllegalArgumentException when a shape is wrong; the pass stays open then
   */
  void backward(Matrix dOutput, @Nullable Matrix dInput);

  /** Ends the pass without gradients; does nothing when it has ended. */
  @Override
  void close();
}
