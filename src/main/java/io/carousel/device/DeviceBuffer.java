package io.carousel.device;

/**
 * A block of memory on a {@link Device}, of one {@link ElementType}. One owner closes it; close is
 * idempotent, every use after it throws {@link IllegalStateException}. The contents start as zeros.
 */
public interface DeviceBuffer extends AutoCloseable {
  /** The device that holds the memory. */
  Device device();

  /** The type of the elements. */
  ElementType type();

  /** Number of elements. */
  long size();

  /** Who asked for it, in the words of the leak report and of out-of-memory messages. */
  String owner();

  /** Whether the memory was given back. */
  boolean isClosed();

  /** Gives the memory back. Enqueued work that still uses it must have ended. */
  @Override
  void close();
}
