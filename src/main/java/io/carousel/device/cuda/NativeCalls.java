package io.carousel.device.cuda;

/** What the kernel library says about itself. */
final class NativeCalls {
  private NativeCalls() {}

  /** {@code carousel_abi}. */
  static native int abi();

  /** {@code carousel_toolkit}. */
  static native int toolkit();
}
