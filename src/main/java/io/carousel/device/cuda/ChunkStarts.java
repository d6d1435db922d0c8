package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;

/** The cell states that a run had before each chunk of time. */
final class ChunkStarts {
  private final Matrix states; // [chunks · N, H]
  private final int batchSize;

  ChunkStarts(UploadedShape batch, int units, Leases leases) {
    batchSize = batch.shape.batchSize();
    states = leases.lease(Math.multiplyExact(batch.chunks.size(), batchSize), units);
  }

  private Matrix of(TimeChunk chunk) {
    return states.rows(chunk.number() * batchSize, batchSize);
  }

  /** Keeps c [N, H]. */
  void keep(Queue queue, TimeChunk chunk, Matrix c) {
    queue.copy(c, of(chunk));
  }

  /** c [N, H] ← what was kept. */
  void restore(Queue queue, TimeChunk chunk, Matrix c) {
    queue.copy(of(chunk), c);
  }
}
