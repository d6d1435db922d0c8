package io.carousel.device.cuda;

import java.nio.ByteBuffer;

/**
 * Memory and streams of one GPU: JCuda on a real one, host memory and emulated streams in tests.
 * Everything of {@code CudaDevice} but this thin layer runs in both. Failures are {@link
 * io.carousel.device.DeviceException}s that name the operation and the CUDA error.
 */
interface CudaRuntime extends AutoCloseable {
  /** One line for people: GPU, compute capability, memory, driver, cuBLAS. */
  String description();

  /** Makes the GPU the calling thread's current one; cheap where it is that already. */
  void bindThread();

  /**
   * Allocates zeroed device memory, 256-byte aligned; blocks.
   *
   * @param bytes at least 1
   * @return the address, 0 when the memory is used up
   */
  long allocate(long bytes);

  /** Frees device memory, after all work on all streams has ended. */
  void free(long address);

  /** Free device memory in bytes, as the driver says. */
  long freeBytes();

  /** Allocates pinned host memory in native byte order. */
  ByteBuffer allocatePinned(int bytes);

  /** Frees pinned host memory. */
  void freePinned(ByteBuffer memory);

  /**
   * Opens a stream with its own BLAS handle and workspace.
   *
   * @param first whether its work goes before that of streams opened with false, where both wait
   */
  CudaStream openStream(boolean first);

  /** Whether products of 16-bit operands are to be had (compute capability 8.0 and later). */
  boolean hasBf16();

  /** Number of the GPU's multiprocessors. */
  int multiprocessors();

  @Override
  void close();
}
