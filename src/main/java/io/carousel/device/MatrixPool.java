package io.carousel.device;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Lends matrices of real numbers and takes them back, so that a training step allocates nothing
 * once every size was seen. The contents of a lent matrix are arbitrary. Belongs to one plan,
 * module or model, and like it to one thread at a time.
 */
public final class MatrixPool implements AutoCloseable {
  private final Device device;
  private final String owner;
  private final List<DeviceBuffer> free = new ArrayList<>();
  private final IdentityHashMap<DeviceBuffer, DeviceBuffer> lent = new IdentityHashMap<>();

  /**
   * An empty pool.
   *
   * @param device where to allocate
   * @param owner named in leak reports
   */
  public MatrixPool(Device device, String owner) {
    this.device = device;
    this.owner = owner;
  }

  /** Lends a contiguous matrix: the smallest free block that holds it, or a new one. */
  public Matrix lease(int rows, int columns) {
    return lease(device.realType(), rows, columns);
  }

  /** Lends a row of integers. */
  public Matrix leaseIntegers(int rows, int columns) {
    return lease(ElementType.I32, rows, columns);
  }

  private Matrix lease(ElementType type, int rows, int columns) {
    long size = (long) rows * columns;
    int best = -1;
    for (int i = 0; i < free.size(); i++) {
      DeviceBuffer candidate = free.get(i);
      boolean fits = candidate.type() == type && candidate.size() >= size;
      // a block far too large would be missing where it is needed
      if (fits
          && candidate.size() <= 4 * size + 1024
          && (best < 0 || candidate.size() < free.get(best).size())) {
        best = i;
      }
    }
    DeviceBuffer buffer = best >= 0 ? free.remove(best) : allocate(type, roundUp(size));
    lent.put(buffer, buffer);
    return Matrix.of(buffer, rows, columns);
  }

  /** Blocks that lie idle are given back before a request is refused. */
  private DeviceBuffer allocate(ElementType type, long size) {
    try {
      return device.allocate(type, size, owner + "/pool");
    } catch (DeviceOutOfMemoryException e) {
      if (free.isEmpty()) {
        throw e;
      }
      trim();
      return device.allocate(type, size, owner + "/pool");
    }
  }

  /**
   * Rounds up to one of eight sizes per power of two, so that batches of similar size share blocks.
   */
  private static long roundUp(long size) {
    if (size <= 64) {
      return 64;
    }
    long grain = Math.max(8, Long.highestOneBit(size) >> 3);
    return (size + grain - 1) / grain * grain;
  }

  /** Takes back a matrix that this pool lent, or a view of it. */
  public void release(Matrix matrix) {
    DeviceBuffer buffer = lent.remove(matrix.buffer());
    if (buffer == null) {
      throw new IllegalStateException(
          "matrix "
              + matrix.shape()
              + " was not lent by '"
              + owner
              + "', or was given back before");
    }
    free.add(buffer);
  }

  /** Frees the blocks that lie idle. */
  public void trim() {
    free.forEach(DeviceBuffer::close);
    free.clear();
  }

  /** Number of matrices lent now. */
  public int lentCount() {
    return lent.size();
  }

  /** The device of all matrices. */
  public Device device() {
    return device;
  }

  /** Frees all blocks, lent ones too. */
  @Override
  public void close() {
    free.forEach(DeviceBuffer::close);
    lent.keySet().forEach(DeviceBuffer::close);
    free.clear();
    lent.clear();
  }
}
