package io.carousel.device;

/** How the matrix products of a queue may be computed: what the bits of their results depend on. */
public enum Products {
  /** The fastest way that the device has; a row's bits may depend on how many rows there are. */
  FASTEST,

  /**
   * On one device and build, the bits of a row of the result depend on that row of the first factor
   * (and of the old result) and on the second factor only: not on the other rows, their number, or
   * the device's threads. So inference on such a queue gives a sequence the same bits in any batch
   * and in any pieces.
   */
  ROW_INVARIANT
}
