package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RowOrder;

/** Where the rows of a packed batch lie, in the device's memory. */
final class UploadedShape {
  final PackedShape shape;
  final RowOrder order;

  /** [T+1]: the first packed row of each step, then the number of all rows. */
  final Matrix offsets;

  UploadedShape(Queue queue, PackedShape shape, Leases leases) {
    this.shape = shape;
    order = new RowOrder(queue, shape, leases);
    offsets = leases.leaseIntegers(1, shape.steps() + 1);
    queue.upload(shape.stepOffsets(), 0, offsets);
  }
}
