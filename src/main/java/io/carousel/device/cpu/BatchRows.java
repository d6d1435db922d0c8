package io.carousel.device.cpu;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.cpu.RunDescriptor.Word;
import org.jspecify.annotations.Nullable;

/** How a batch is packed, in the device's memory for the kernels. */
final class BatchRows {
  private final PackedShape shape;
  private final Matrix stepRows;
  private final Matrix stepOffset;
  private final @Nullable Matrix order;

  BatchRows(Queue queue, PackedShape shape, Leases leases) {
    this.shape = shape;
    int[] rows = new int[shape.steps()];
    int[] offsets = new int[shape.steps()];
    for (int t = 0; t < shape.steps(); t++) {
      rows[t] = shape.stepRows(t);
      offsets[t] = shape.stepOffset(t);
    }
    stepRows = leases.leaseIntegers(1, rows.length);
    stepOffset = leases.leaseIntegers(1, rows.length);
    order = shape.isSorted() ? null : leases.leaseIntegers(1, shape.batchSize());
    queue.upload(rows, 0, stepRows);
    queue.upload(offsets, 0, stepOffset);
    if (order != null) {
      queue.upload(shape.order(), 0, order);
    }
  }

  /** Tells a run of the batch. */
  void describe(RunDescriptor words) {
    words.set(Word.STEPS, shape.steps());
    words.set(Word.BATCH, shape.batchSize());
    words.set(Word.ROWS, shape.rows());
    words.set(Word.STEP_ROWS, address(stepRows));
    words.set(Word.STEP_OFFSET, address(stepOffset));
    words.set(Word.ORDER, order == null ? 0 : address(order));
  }

  private static long address(Matrix integers) {
    return CpuBuffer.integers(integers).address(integers.offset());
  }
}
