package io.carousel.device.cpu;

import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.MemoryOperations;
import io.carousel.device.OperandChecks;
import java.util.Arrays;

/** Copies. */
interface CpuMemory extends MemoryOperations, CpuOperations {
  @Override
  default void upload(double[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    workers()
        .tiles(
            to.rows(),
            to.columns(),
            1,
            t -> {
              float[] lane = t.lane(0);
              int n = t.columns();
              for (int r = 0; r < t.rows(); r++) {
                int start = offset + (t.row() + r) * to.columns() + (int) t.column();
                for (int k = 0; k < n; k++) {
                  lane[r * n + k] = (float) from[start + k];
                }
              }
              t.store(lane, to);
            });
  }

  @Override
  default void upload(float[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    CpuBuffer buffer = CpuBuffer.reals(to);
    for (int r = 0; r < to.rows(); r++) {
      long index = to.offset() + (long) r * to.stride();
      buffer.write(index, from, offset + r * to.columns(), to.columns());
    }
  }

  @Override
  default void upload(int[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    CpuBuffer buffer = CpuBuffer.integers(to);
    for (int r = 0; r < to.rows(); r++) {
      long index = to.offset() + (long) r * to.stride();
      buffer.write(index, from, offset + r * to.columns(), to.columns());
    }
  }

  @Override
  default void download(Matrix from, double[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    workers()
        .tiles(
            from.rows(),
            from.columns(),
            1,
            t -> {
              float[] lane = t.load(0, from);
              int n = t.columns();
              for (int r = 0; r < t.rows(); r++) {
                int start = offset + (t.row() + r) * from.columns() + (int) t.column();
                for (int k = 0; k < n; k++) {
                  to[start + k] = lane[r * n + k];
                }
              }
            });
  }

  @Override
  default void download(Matrix from, float[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    CpuBuffer buffer = CpuBuffer.reals(from);
    for (int r = 0; r < from.rows(); r++) {
      long index = from.offset() + (long) r * from.stride();
      buffer.read(index, to, offset + r * from.columns(), from.columns());
    }
  }

  @Override
  default void download(Matrix from, int[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    CpuBuffer buffer = CpuBuffer.integers(from);
    for (int r = 0; r < from.rows(); r++) {
      long index = from.offset() + (long) r * from.stride();
      buffer.read(index, to, offset + r * from.columns(), from.columns());
    }
  }

  @Override
  default void copy(Matrix from, Matrix to) {
    begin(from, to);
    OperandChecks.sameShape("from", from, "to", to);
    if (from.buffer().type() == ElementType.I32) {
      copyIntegers(from, to);
    } else {
      CpuBuffer.reals(to);
      overTiles(0.3, t -> t.store(t.load(0, from), to), from, to);
    }
  }

  private static void copyIntegers(Matrix from, Matrix to) {
    CpuBuffer source = CpuBuffer.integers(from);
    CpuBuffer target = CpuBuffer.integers(to);
    int[] row = new int[from.columns()];
    for (int r = 0; r < from.rows(); r++) {
      source.read(from.offset() + (long) r * from.stride(), row, 0, row.length);
      target.write(to.offset() + (long) r * to.stride(), row, 0, row.length);
    }
  }

  @Override
  default void fill(Matrix to, double value) {
    begin(to);
    if (to.buffer().type() == ElementType.I32) {
      fillIntegers(to, (int) value);
    } else {
      overTiles(
          0.2,
          t -> {
            Arrays.fill(t.lane(0), 0, t.count(), (float) value);
            t.store(t.lane(0), to);
          },
          to);
    }
  }

  private static void fillIntegers(Matrix to, int value) {
    CpuBuffer target = CpuBuffer.integers(to);
    int[] row = new int[to.columns()];
    Arrays.fill(row, value);
    for (int r = 0; r < to.rows(); r++) {
      target.write(to.offset() + (long) r * to.stride(), row, 0, row.length);
    }
  }
}
