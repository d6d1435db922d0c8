package io.carousel.device.cuda;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An emulated GPU ({@code native/emulation/machine.h}): memory, streams and products on the host. A
 * machine and a stream are addresses; an {@code int} that comes back is a status of the kernel
 * library. Threads may call at the same time: the calls go one after another.
 */
final class EmulatedMachine {
  private EmulatedMachine() {}

  /**
   * A new machine.
   *
   * @param reversed whether threads and blocks of a kernel run in reverse order
   * @param timing the number of an {@link EmulatedRuntime.Timing}
   * @param capacityBytes of device memory
   */
  static native long open(boolean reversed, int timing, long capacityBytes);

  /** Gives all memory and streams of a machine back. */
  static native void close(long machine);

  /** What a kernel that failed did wrong; empty while none has. */
  static native String explanation(long machine);

  /** The address of zeroed device memory, 0 when it is used up. */
  static native long allocate(long machine, long bytes);

  /** Does all work of all streams, then frees. */
  static native int free(long machine, long address);

  /** Device memory that is left. */
  static native long freeBytes(long machine);

  /** Pinned host memory, null when the host has none left. */
  static native @Nullable ByteBuffer allocatePinned(long machine, int bytes);

  /** Does all work of all streams, then frees. */
  static native int freePinned(long machine, ByteBuffer memory);

  /** A new stream. */
  static native long openStream(long machine);

  /** Does a stream's work, then gives it back, whatever the status. */
  static native int closeStream(long stream);

  /** {@link CudaStream#synchronize}. */
  static native int synchronize(long stream);

  /** {@link CudaStream#await}. */
  static native int await(long stream, long other);

  /** {@link CudaStream#mark}. */
  static native int mark(long stream, int number);

  /** {@link CudaStream#awaitMark}. */
  static native int awaitMark(long stream, int number);

  /** {@link CudaStream#copy}. */
  static native int copy(
      long stream, long to, long toPitch, long from, long fromPitch, long bytes, long rows);

  /** {@link CudaStream#gemm}; types are those of {@code status.h}. */
  static native int gemm(
      long stream,
      boolean tf32,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      int operandType,
      long a,
      long strideA,
      long b,
      long strideB,
      float beta,
      int resultType,
      long c,
      long strideC);
}
