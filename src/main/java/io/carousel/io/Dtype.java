package io.carousel.io;

import java.util.Optional;

/**
 * The element types of the safetensors format that fill whole bytes, under the format's own names.
 *
 * <p>All of them can be described and skipped; {@link SafetensorsFile} says which ones it reads.
 */
public enum Dtype {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32: 8 exponent bits, 7 fraction bits. */
  BF16(2),
  /** 8-bit float, 4 exponent bits, 3 fraction bits. */
  F8_E4M3(1),
  /** 8-bit float, 5 exponent bits, 2 fraction bits. */
  F8_E5M2(1),
  /** 8-bit power of two without a sign. */
  F8_E8M0(1),
  /** Two binary32, real and imaginary part. */
  C64(8),
  /** Signed 64-bit integer. */
  I64(8),
  /** Signed 32-bit integer. */
  I32(4),
  /** Signed 16-bit integer. */
  I16(2),
  /** Signed 8-bit integer. */
  I8(1),
  /** Unsigned 64-bit integer. */
  U64(8),
  /** Unsigned 32-bit integer. */
  U32(4),
  /** Unsigned 16-bit integer. */
  U16(2),
  /** Unsigned 8-bit integer. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element, in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The type that the format calls {@code name}; empty for any other name. */
  static Optional<Dtype> named(String name) {
    for (Dtype dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
