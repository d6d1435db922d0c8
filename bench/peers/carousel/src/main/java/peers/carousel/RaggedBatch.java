package peers.carousel;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.rnn.PaddedRows;
import java.util.Arrays;
import peers.Data;
import peers.Workload;

/**
 * A batch of sequences of different lengths, padded as it comes. Each step finds out where the rows
 * go, as if the lengths were new, packs inputs and targets, and pads the gradient of the inputs.
 */
final class RaggedBatch {
  private final Queue queue;
  private final MatrixPool pool;
  private final int[] lengths;
  private final Matrix paddedX;
  private final Matrix paddedY;
  private final Matrix paddedDx;
  private final Matrix x;
  private final Matrix y;
  private final Matrix rowWeights;
  private PaddedRows rows; // from pack to padInputGradient

  RaggedBatch(Queue queue, MatrixPool pool, BufferScope scope, Data data) {
    Workload w = data.w;
    this.queue = queue;
    this.pool = pool;
    lengths = w.lengths();
    int padded = w.T() * w.B();
    paddedX = scope.reals("padded x", padded, w.I());
    paddedY = scope.reals("padded y", padded, w.H());
    paddedDx = scope.reals("padded dX", padded, w.I());
    queue.upload(data.x, 0, paddedX);
    queue.upload(data.y, 0, paddedY);
    x = scope.reals("x", w.rows(), w.I());
    y = scope.reals("y", w.rows(), w.H());
    float[] mean = new float[w.rows()];
    Arrays.fill(mean, 1f / (w.rows() * w.H()));
    rowWeights = scope.reals("row weights", 1, w.rows());
    queue.upload(mean, 0, rowWeights);
  }

  /** The packed inputs [Σ n_t, I]. */
  Matrix x() {
    return x;
  }

  /** Packs inputs and targets. */
  PackedShape pack() {
    PackedShape shape = PackedShape.of(lengths);
    rows = new PaddedRows(queue, pool, shape);
    rows.pack(queue, paddedX, x);
    rows.pack(queue, paddedY, y);
    return shape;
  }

  /** loss += mean((out - y)²) over the packed rows; dOut ← its gradient. */
  void loss(Matrix out, Matrix dOut, Matrix loss) {
    queue.squaredError(out, y, rowWeights, dOut, loss);
  }

  /** Pads the gradient of the packed inputs, the last of a step. */
  void padInputGradient(Matrix dX) {
    rows.pad(queue, dX, paddedDx);
    rows.close();
  }

  /** [T · B, I], zeros past the ends. */
  Matrix paddedInputGradient() {
    return paddedDx;
  }
}
