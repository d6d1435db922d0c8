package io.carousel.device;

/** Work that a queue recorded: a CUDA graph. Valid as long as the operands' buffers are open. */
public interface RecordedWork extends AutoCloseable {
  /** Enqueues it once more on the queue that recorded it. */
  void enqueue();

  /** Number of operations in it, for reports. */
  int size();

  /** Gives it back; enqueued runs may still be under way. */
  @Override
  void close();
}
