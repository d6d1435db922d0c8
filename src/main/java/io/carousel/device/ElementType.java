package io.carousel.device;

/** The type of one element of a {@link DeviceBuffer}. */
public enum ElementType {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** bfloat16: sign, 8 bits of exponent, 7 of fraction; an operand of products. */
  BF16(2),
  /** IEEE 754 binary16; an operand of products. */
  F16(2),
  /** Signed 32-bit integer: row numbers, token ids, class labels. */
  I32(4);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element, in bytes. */
  public int bytes() {
    return bytes;
  }
}
