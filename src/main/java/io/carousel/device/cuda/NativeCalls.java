package io.carousel.device.cuda;

import java.nio.ByteBuffer;

/** What {@code native/include/carousel/status.h} says about the library itself. */
final class NativeCalls {
  private NativeCalls() {}

  /** The number of the library's interface; Java knows {@code CAROUSEL_ABI}. */
  static native int abi();

  /** The toolkit that compiled the kernels: 13000 is CUDA 13.0; 0 in the emulation. */
  static native int toolkit();

  /** Makes a GPU the calling thread's current one for the kernels; returns a status. */
  static native int setDevice(int ordinal);

  /** The name of a status, such as {@code cudaErrorInvalidValue}. */
  static native String statusName(int status);

  /** What a status means, such as {@code invalid argument}. */
  static native String statusText(int status);

  /** Where a direct buffer lies in memory. */
  static native long address(ByteBuffer direct);
}
