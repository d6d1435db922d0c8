package io.carousel.device.reference;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.QueueHolder;
import org.jspecify.annotations.Nullable;

/**
 * Runs every operation at once, on the calling thread. The families of operations are mixed in. Its
 * products, one sum per element, are row-invariant whatever was asked for.
 */
final class ReferenceQueue
    implements Queue,
        ReferenceMemory,
        ReferenceElementwise,
        ReferenceCells,
        ReferenceLstm,
        ReferenceGruResetBefore,
        ReferenceLosses,
        ReferenceAttention,
        ReferenceOptimizers {
  private final ReferenceDevice device;
  private final Products products;
  private final QueueHolder holder = new QueueHolder("reference");

  ReferenceQueue(ReferenceDevice device, Products products) {
    this.device = device;
    this.products = products;
  }

  @Override
  public void begin(@Nullable Matrix... operands) {
    holder.hold();
    OperandChecks.onDevice(device, operands);
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public Queue beside() {
    return this;
  }

  @Override
  public void adopt() {
    holder.adopt();
  }

  @Override
  public void requireHeld() {
    holder.hold();
  }

  @Override
  public void synchronize() {
    holder.hold();
  }

  @Override
  public void close() {
    holder.close();
  }
}
