package io.carousel.device.cuda;

/** The library that answers to {@code libcublas.so.12} and calls cuBLAS 13; see native/cublas12. */
final class CublasStandIn {
  /** Its name in the jar. */
  static final String LIBRARY = "carousel_cublas12";

  private CublasStandIn() {}

  /**
   * Loads the cuBLAS of that path and calls it from now on. Before the first use of JCublas2.
   *
   * @return how many of JCublas2's 494 functions it has
   * @throws UnsatisfiedLinkError with the linker's words
   */
  static native int bind(String path);
}
