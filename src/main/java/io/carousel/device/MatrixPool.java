package io.carousel.device;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lends matrices of real numbers and takes them back, so that a training step allocates nothing
 * once every size was seen. The contents of a lent matrix are arbitrary. Belongs to one plan,
 * module or model, and like it to one thread at a time.
 */
public final class MatrixPool implements AutoCloseable {
  private final Device device;
  private final String owner;
  private final @Nullable MatrixPool parent;
  private final Runnable reclaim;
  private final List<DeviceBuffer> free = new ArrayList<>();
  private final IdentityHashMap<DeviceBuffer, DeviceBuffer> lent = new IdentityHashMap<>();
  private boolean mayFree = true;

  /**
   * An empty pool.
   *
   * @param device where to allocate
   * @param owner named in leak reports
   */
  public MatrixPool(Device device, String owner) {
    this(device, owner, null, () -> {});
  }

  /**
   * An empty pool that can win memory back.
   *
   * @param device where to allocate
   * @param owner named in leak reports
   * @param reclaim gives blocks back to this pool that somebody keeps for later use; called before
   *     a request is refused
   */
  public MatrixPool(Device device, String owner, Runnable reclaim) {
    this(device, owner, null, reclaim);
  }

  private MatrixPool(Device device, String owner, @Nullable MatrixPool parent, Runnable reclaim) {
    this.device = device;
    this.owner = owner;
    this.parent = parent;
    this.reclaim = reclaim;
  }

  /**
   * A pool whose blocks come from this one and go back to it when it is closed. What it lends keeps
   * its address against everybody else as long as it is open.
   */
  public MatrixPool nested() {
    return new MatrixPool(device, owner, this, reclaim);
  }

  /** Lends a contiguous matrix: the smallest free block that holds it, or a new one. */
  public Matrix lease(int rows, int columns) {
    return lease(device.realType(), rows, columns);
  }

  /** Lends a row of integers. */
  public Matrix leaseIntegers(int rows, int columns) {
    return lease(ElementType.I32, rows, columns);
  }

  /** Lends a contiguous matrix of any type. */
  public Matrix lease(ElementType type, int rows, int columns) {
    DeviceBuffer buffer = take(type, (long) rows * columns, mayFree);
    lent.put(buffer, buffer);
    return Matrix.of(buffer, rows, columns);
  }

  /**
   * Whether memory may be freed to meet a request; true at first. It may not while work is
   * recorded.
   */
  public void setMayFree(boolean value) {
    mayFree = value;
  }

  private DeviceBuffer take(ElementType type, long size, boolean mayFreeForIt) {
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
    if (best >= 0) {
      return free.remove(best);
    }
    return parent == null
        ? allocate(type, roundUp(size), mayFreeForIt)
        : parent.take(type, size, mayFreeForIt);
  }

  /** Blocks that lie idle are given back before a request is refused. */
  private DeviceBuffer allocate(ElementType type, long size, boolean mayFreeForIt) {
    try {
      return device.allocate(type, size, owner + "/pool");
    } catch (DeviceOutOfMemoryException e) {
      if (mayFreeForIt) {
        CloseAll.orThrow(e, List.of(reclaim::run));
      }
      if (!mayFreeForIt || free.isEmpty()) {
        throw e;
      }
      CloseAll.orThrow(e, List.of(this::trim));
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

  /** Frees the blocks that lie idle; a nested pool gives them back. */
  public void trim() {
    giveBack(free);
    free.clear();
  }

  private void giveBack(Collection<DeviceBuffer> blocks) {
    if (parent == null) {
      blocks.forEach(DeviceBuffer::close);
    } else {
      parent.free.addAll(blocks);
    }
  }

  /** Number of matrices lent now. */
  public int lentCount() {
    return lent.size();
  }

  /** The device of all matrices. */
  public Device device() {
    return device;
  }

  /** Frees all blocks, lent ones too; a nested pool gives them back. */
  @Override
  public void close() {
    trim();
    giveBack(lent.keySet());
    lent.clear();
  }
}
