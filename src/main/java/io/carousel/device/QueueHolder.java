package io.carousel.device;

/** Checks that one thread holds a queue, and that the queue is open. */
public final class QueueHolder {
  private final String queueName;
  private volatile Thread holder = Thread.currentThread();
  private volatile boolean closed;

  /** Held by the calling thread. */
  public QueueHolder(String queueName) {
    this.queueName = queueName;
  }

  /**
   * To be called at the start of each operation.
   *
   * @throws IllegalStateException when the queue is closed or held by another thread
   */
  public void hold() {
    if (closed) {
      throw new IllegalStateException("queue of " + queueName + " is closed");
    }
    if (Thread.currentThread() != holder) {
      throw new IllegalStateException(
          "queue of %s is held by thread '%s', not by '%s': call adopt() when the other one is done"
              .formatted(queueName, holder.getName(), Thread.currentThread().getName()));
    }
  }

  /** Makes the calling thread the holder. */
  public void adopt() {
    holder = Thread.currentThread();
  }

  /** Refuses all further work; returns false when it was closed before. */
  public boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }
}
