package io.carousel.rnn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder made of N sources: the state that a decoder starts from and, for attention, the
 * outputs of every step.
 */
public final class EncodedSource implements AutoCloseable {
  private final MatrixPool pool;
  private final PackedShape shape;
  private final RecurrentState start;
  private @Nullable Matrix memory;

  EncodedSource(MatrixPool pool, PackedShape shape, RecurrentState start, @Nullable Matrix memory) {
    this.pool = pool;
    this.shape = shape;
    this.start = start;
    this.memory = memory;
  }

  /** N. */
  public int batchSize() {
    return shape.batchSize();
  }

  /** The decoder's first state. */
  public RecurrentState start() {
    return start;
  }

  int[] lengths() {
    return shape.lengths();
  }

  /** [S · N, G], padded. */
  Matrix memory() {
    return Objects.requireNonNull(memory, "closed, or a model without attention");
  }

  @Override
  public void close() {
    start.close();
    if (memory != null) {
      pool.release(memory);
      memory = null;
    }
  }
}
