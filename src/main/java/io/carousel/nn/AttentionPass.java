package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import org.jspecify.annotations.Nullable;

/**
 * A forward pass of {@link LuongAttention} in training whose gradients were not taken yet; like a
 * {@link Pass}, but of two inputs.
 */
public final class AttentionPass implements AutoCloseable {
  private final AttentionRun run;
  private final MatrixPool pool;
  private final MatrixPool lent;
  private boolean ended;

  AttentionPass(AttentionRun run, MatrixPool pool, MatrixPool lent) {
    this.pool = pool;
    this.run = run;
    this.lent = lent;
  }

  /** h~ [T · N, H]; valid until the pass ends. */
  public Matrix output() {
    requireOpen();
    return run.output();
  }

  /** The alignment weights [T · N, S]; valid until the pass ends. */
  public Matrix weights() {
    requireOpen();
    return run.weights();
  }

  /**
   * Back-propagates and ends the pass: accumulates the gradients of the parameters and overwrites
   * those of the inputs. Past the ends of sources dEncoder is 0; past the ends of targets dOutput
   * should be.
   *
   * @param dOutput [T · N, H]; read
   * @param dDecoder [T · N, H], null where not wanted; overwritten
   * @param dEncoder [S · N, G], null where not wanted; overwritten
   * @throws IllegalStateException when the pass has ended before
   * @throws IllegalArgumentException when a shape is wrong; the pass stays open then
   */
  public void backward(Matrix dOutput, @Nullable Matrix dDecoder, @Nullable Matrix dEncoder) {
    requireOpen();
    dOutput.require("dOutput [T · N, H]", run.output().rows(), run.output().columns());
    if (dDecoder != null) {
      dDecoder.require("dDecoder [T · N, H]", run.decoder().rows(), run.decoder().columns());
    }
    if (dEncoder != null) {
      dEncoder.require("dEncoder [S · N, G]", run.encoder().rows(), run.encoder().columns());
    }
    try (MatrixPool scratch = pool.nested()) {
      run.backward(scratch, dOutput, dDecoder, dEncoder);
    } finally {
      close();
    }
  }

  /** Ends the pass; does nothing when it has ended. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      lent.close();
    }
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException(
          "this pass has ended: backward consumes a pass once, run forward again");
    }
  }
}
