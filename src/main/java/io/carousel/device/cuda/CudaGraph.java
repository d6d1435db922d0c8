package io.carousel.device.cuda;

import io.carousel.device.RecordedWork;
import java.util.concurrent.atomic.AtomicBoolean;

/** A CUDA graph, recorded from a queue by stream capture. */
final class CudaGraph implements RecordedWork {
  private final CudaQueue queue;
  private final long graph;
  private final int size;
  private final AtomicBoolean closed = new AtomicBoolean();

  CudaGraph(CudaQueue queue, long graph, int size) {
    this.queue = queue;
    this.graph = graph;
    this.size = size;
  }

  @Override
  public void enqueue() {
    if (closed.get()) {
      throw new IllegalStateException("recorded work is closed");
    }
    queue.launch(graph);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      queue.destroy(graph);
    }
  }
}
