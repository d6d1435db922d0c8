package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The runtime of an emulated GPU. */
final class EmulatedRuntime implements CudaRuntime {
  private final boolean reversed;
  private final long machine;
  private boolean closed;

  /**
   * Makes a machine of its own.
   *
   * @param reversed threads and blocks run in reverse order, and streams as late as possible; or
   *     else in order, and at once
   */
  EmulatedRuntime(boolean reversed, long capacityBytes) {
    this.reversed = reversed;
    machine = EmulatedMachine.open(reversed, reversed, capacityBytes);
  }

  @Override
  public String description() {
    return reversed
        ? "emulated GPU: threads in reverse order, streams as late as possible"
        : "emulated GPU: threads in order, streams at once";
  }

  @Override
  public void bindThread() {
    check("bindThread", NativeCalls.setDevice(0));
  }

  @Override
  public long allocate(long bytes) {
    return EmulatedMachine.allocate(machine, bytes);
  }

  @Override
  public void free(long address) {
    check("free", EmulatedMachine.free(machine, address));
  }

  @Override
  public long freeBytes() {
    return EmulatedMachine.freeBytes(machine);
  }

  @Override
  public ByteBuffer allocatePinned(int bytes) {
    ByteBuffer memory = EmulatedMachine.allocatePinned(machine, bytes);
    if (memory == null) {
      throw new DeviceException("no host memory for " + bytes + " pinned bytes");
    }
    return memory.order(ByteOrder.nativeOrder());
  }

  @Override
  public void freePinned(ByteBuffer memory) {
    check("freePinned", EmulatedMachine.freePinned(machine, memory));
  }

  @Override
  public CudaStream openStream(boolean first) {
    return new EmulatedStream(this, EmulatedMachine.openStream(machine));
  }

  @Override
  public boolean hasBf16() {
    return true;
  }

  /** As many as blocks of a launch run together in the emulation. */
  @Override
  public int multiprocessors() {
    return 16;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      EmulatedMachine.close(machine);
    }
  }

  /** Throws unless the status is 0; with what the emulation knows about a kernel that failed. */
  void check(String operation, int status) {
    if (status != 0) {
      String explanation = EmulatedMachine.explanation(machine);
      throw CudaStatus.failure(
          operation,
          status,
          NativeCalls.statusName(status),
          NativeCalls.statusText(status) + (explanation.isEmpty() ? "" : "; " + explanation));
    }
  }
}
