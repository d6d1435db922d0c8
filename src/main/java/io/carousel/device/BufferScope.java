package io.carousel.device;

import java.util.ArrayList;
import java.util.List;

/**
 * Owns buffers and frees them in reverse order of allocation. Model, optimizer and plan own one
 * each.
 */
public final class BufferScope implements AutoCloseable {
  private final Device device;
  private final String owner;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private boolean closed;

  /**
   * An empty scope.
   *
   * @param device where to allocate
   * @param owner leads the names of all buffers of this scope
   */
  public BufferScope(Device device, String owner) {
    this.device = device;
    this.owner = owner;
  }

  /** Allocates a zeroed matrix of real numbers. */
  public Matrix reals(String name, int rows, int columns) {
    return matrix(device.realType(), name, rows, columns);
  }

  /** Allocates a zeroed row of integers. */
  public Matrix integers(String name, int count) {
    return matrix(ElementType.I32, name, 1, count);
  }

  /** Allocates a zeroed matrix of any type. */
  public Matrix matrix(ElementType type, String name, int rows, int columns) {
    if (closed) {
      throw new IllegalStateException("scope '" + owner + "' is closed");
    }
    DeviceBuffer buffer = device.allocate(type, (long) rows * columns, owner + "/" + name);
    buffers.add(buffer);
    return Matrix.of(buffer, rows, columns);
  }

  /** The device of all buffers. */
  public Device device() {
    return device;
  }

  /** Bytes in this scope. */
  public long bytes() {
    return buffers.stream().mapToLong(b -> b.size() * b.type().bytes()).sum();
  }

  /** Frees all buffers, the last one first. */
  @Override
  public void close() {
    closed = true;
    for (int i = buffers.size() - 1; i >= 0; i--) {
      buffers.get(i).close();
    }
    buffers.clear();
  }
}
