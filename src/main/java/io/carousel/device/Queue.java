package io.carousel.device;

/**
 * Where the work of one thread goes: operations are enqueued and run in order. One thread holds a
 * queue at a time, which is checked. Everything is row-major; shapes are given in T (steps), N
 * (sequences), I (inputs), H (hidden units), R (state size). Operands must not overlap unless a
 * method allows it. Wrong shapes throw {@link IllegalArgumentException} before anything is written.
 */
public interface Queue
    extends MemoryOperations,
        ElementwiseOperations,
        CellOperations,
        LossOperations,
        AttentionOperations,
        OptimizerOperations,
        OrderOperations,
        AutoCloseable {
  /** The device that does the work. */
  Device device();

  /** How this queue computes matrix products. */
  Products products();

  /** Makes the calling thread the holder. The former holder must have ended its last call. */
  void adopt();

  /**
   * Enqueues nothing, but checks as every operation does who calls.
   *
   * @throws IllegalStateException when the queue is closed or held by another thread
   */
  void requireHeld();

  /** Blocks until all enqueued work has ended. */
  void synchronize();

  /** Waits for the work and gives the queue's own memory back. */
  @Override
  void close();
}
