package io.carousel.io.onnx;

/** The element types of tensors that are read and written. */
public enum OnnxType {
  /** IEEE 754 binary32. */
  FLOAT(1, 4),
  /** IEEE 754 binary64. */
  DOUBLE(11, 8),
  /** Signed 32-bit integers. */
  INT32(6, 4),
  /** Signed 64-bit integers. */
  INT64(7, 8),
  /** Truth values, a byte each. */
  BOOL(9, 1);

  private final int code;
  private final int bytes;

  OnnxType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands for this type in files ({@code TensorProto.DataType}). */
  int code() {
    return code;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }

  /** Whether elements are floating point numbers. */
  public boolean isReal() {
    return this == FLOAT || this == DOUBLE;
  }

  /**
   * The type of a number in a file.
   *
   * @throws IllegalArgumentException for types that are not read, by name
   */
  static OnnxType of(int code) {
    for (OnnxType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    String name = TensorProtos.typeName(code);
    throw new IllegalArgumentException(
        "element type %s is not supported, these are: FLOAT, DOUBLE, INT32, INT64, BOOL"
            .formatted(name));
  }
}
