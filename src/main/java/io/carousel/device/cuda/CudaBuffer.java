package io.carousel.device.cuda;

import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.ElementType;
import java.util.concurrent.atomic.AtomicBoolean;

/** A block of device memory. */
final class CudaBuffer implements DeviceBuffer {
  private final CudaDevice device;
  private final ElementType type;
  private final long size;
  private final String owner;
  private final long address;
  private final AtomicBoolean closed = new AtomicBoolean();

  CudaBuffer(CudaDevice device, ElementType type, long size, String owner, long address) {
    this.device = device;
    this.type = type;
    this.size = size;
    this.owner = owner;
    this.address = address;
  }

  /** Where the block starts on the device. */
  long address() {
    return address;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String owner() {
    return owner;
  }

  @Override
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      device.release(this);
    }
  }
}
