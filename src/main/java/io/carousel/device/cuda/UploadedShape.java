package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RowOrder;
import java.util.ArrayList;
import java.util.List;

/** A packed batch cut into chunks of time steps, and where its rows lie, in the device's memory. */
final class UploadedShape {
  final PackedShape shape;
  final RowOrder order;

  /** In the order of time; at least one, though a batch may have no steps. */
  final List<TimeChunk> chunks;

  /**
   * Uploads.
   *
   * @param chunkSteps steps of a chunk, from 1
   * @param leases for as long as the batch is worked on
   */
  UploadedShape(Queue queue, PackedShape shape, int chunkSteps, Leases leases) {
    this.shape = shape;
    order = new RowOrder(queue, shape, leases);
    int count = Math.max(1, (shape.steps() + chunkSteps - 1) / chunkSteps);
    Matrix offsets = leases.leaseIntegers(1, shape.steps() + count);
    int[] numbers = new int[shape.steps() + count];
    List<TimeChunk> made = new ArrayList<>();
    for (int number = 0, to = 0; number < count; number++) {
      int first = number * chunkSteps;
      int steps = Math.min(chunkSteps, shape.steps() - first);
      int firstRow = shape.stepOffset(first);
      for (int t = 0; t <= steps; t++) {
        numbers[to + t] = shape.stepOffset(first + t) - firstRow;
      }
      PackedRows rows = new PackedRows(firstRow, numbers[to + steps]);
      made.add(new TimeChunk(number, first, steps, rows, offsets.columns(to, steps + 1)));
      to += steps + 1;
    }
    chunks = List.copyOf(made);
    queue.upload(numbers, 0, offsets);
  }

  /** All rows. */
  PackedRows rows() {
    return new PackedRows(0, shape.rows());
  }

  /** The rows of a time step. */
  PackedRows rowsOf(int t) {
    return new PackedRows(shape.stepOffset(t), shape.stepRows(t));
  }

  /** Rows of the largest chunk. */
  int mostRows() {
    return chunks.stream().mapToInt(chunk -> chunk.rows().count()).max().orElse(0);
  }
}
