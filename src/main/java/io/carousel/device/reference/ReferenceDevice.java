package io.carousel.device.reference;

import io.carousel.device.BufferLedger;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceOptions;
import io.carousel.device.ElementType;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import java.util.concurrent.atomic.AtomicBoolean;

/** A device of Java arrays of {@code double}. */
final class ReferenceDevice implements Device {
  private final BufferLedger ledger;
  private final AtomicBoolean closed = new AtomicBoolean();

  ReferenceDevice(DeviceOptions options) {
    ledger = new BufferLedger("reference", options.memoryBudgetBytes());
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "reference: float64, naive loops, 1 thread";
  }

  @Override
  public ElementType realType() {
    return ElementType.F64;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public boolean supports(Precision precision) {
    return precision == Precision.FP64 || precision == Precision.FP32;
  }

  @Override
  public DeviceBuffer allocate(ElementType type, long size, String owner) {
    requireOpen();
    if (type == ElementType.F32) {
      throw new IllegalArgumentException("the reference device holds F64 and I32, not F32");
    }
    long bytes = Math.multiplyExact(size, type.bytes());
    ledger.reserve(bytes, owner);
    if (size > Integer.MAX_VALUE - 8) {
      ledger.cancel(bytes);
      throw ledger.outOfMemory(bytes, owner);
    }
    ReferenceBuffer buffer = new ReferenceBuffer(this, type, (int) size, owner);
    ledger.opened(buffer);
    return buffer;
  }

  void closed(ReferenceBuffer buffer) {
    ledger.closed(buffer);
  }

  @Override
  public Queue openQueue(Products products) {
    requireOpen();
    return new ReferenceQueue(this, products);
  }

  @Override
  public long allocatedBytes() {
    return ledger.bytes();
  }

  @Override
  public long peakAllocatedBytes() {
    return ledger.peakBytes();
  }

  @Override
  public long allocationCount() {
    return ledger.allocations();
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("device reference is closed");
    }
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      ledger.requireEmpty();
    }
  }
}
