package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/** A pass that gives its matrices back to a pool when it ends. */
abstract class LeasedPass implements Pass {
  final Queue queue;
  private final MatrixPool pool;
  private final @Nullable Matrix input;
  private final Matrix output;
  private final Matrix[] leases;
  private boolean ended;

  /**
   * An open pass.
   *
   * @param input null where the input has no gradient
   * @param output leased from the pool
   * @param leases all other matrices leased from the pool
   */
  LeasedPass(
      Queue queue, MatrixPool pool, @Nullable Matrix input, Matrix output, Matrix... leases) {
    this.queue = queue;
    this.pool = pool;
    this.input = input;
    this.output = output;
    this.leases = leases;
  }

  /** Enqueues the gradients; shapes are right. */
  abstract void propagate(Matrix dOutput, @Nullable Matrix dInput);

  @Override
  public final Matrix output() {
    requireOpen();
    return output;
  }

  @Override
  public final void backward(Matrix dOutput, @Nullable Matrix dInput) {
    requireOpen();
    dOutput.require("dOutput [rows, outputSize]", output.rows(), output.columns());
    if (dInput != null) {
      if (input == null) {
        throw new IllegalArgumentException(
            "this layer's input has no gradient: dInput must be null");
      }
      dInput.require("dInput [rows, inputSize]", input.rows(), input.columns());
    }
    try {
      propagate(dOutput, dInput);
    } finally {
      close();
    }
  }

  @Override
  public final void close() {
    if (!ended) {
      ended = true;
      pool.release(output);
      for (Matrix lease : leases) {
        pool.release(lease);
      }
    }
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException(
          "this pass has ended: backward consumes a pass once, run forward again");
    }
  }
}
