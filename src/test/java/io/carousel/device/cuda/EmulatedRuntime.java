package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The runtime of an emulated GPU. */
final class EmulatedRuntime implements CudaRuntime {
  private final boolean reversed;
  private final Timing timing;
  private final long machine;
  private boolean closed;

  /** When the work of a stream is done; in the order of {@code native/emulation/machine.h}. */
  enum Timing {
    /** When it is enqueued. */
    AT_ONCE("at once"),
    /** When something waits for it. */
    LATE("as late as possible"),
    /** So late in the first stream alone; in others as soon as they may. */
    AHEAD("ahead of the first");

    private final String words;

    Timing(String words) {
      this.words = words;
    }
  }

  /**
   * Makes a machine of its own.
   *
   * @param reversed threads and blocks run in reverse order
   */
  EmulatedRuntime(boolean reversed, Timing timing, long capacityBytes) {
    this.reversed = reversed;
    this.timing = timing;
    machine = EmulatedMachine.open(reversed, timing.ordinal(), capacityBytes);
  }

  /** The same; in reverse order streams run late, or else at once. */
  EmulatedRuntime(boolean reversed, long capacityBytes) {
    this(reversed, reversed ? Timing.LATE : Timing.AT_ONCE, capacityBytes);
  }

  @Override
  public String description() {
    return "emulated GPU: threads in %sorder, streams %s"
        .formatted(reversed ? "reverse " : "", timing.words);
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
