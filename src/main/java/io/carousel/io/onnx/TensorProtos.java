package io.carousel.io.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;

/** Tensors as files hold them: in typed fields, or as raw little-endian bytes. */
final class TensorProtos {
  private TensorProtos() {}

  /**
   * Reads a tensor; what it allocates is in proportion to what the file holds.
   *
   * @throws IllegalArgumentException when it is not one that is supported, with the reason
   */
  static OnnxTensor read(TensorProto proto) {
    String name = "tensor '%s': ".formatted(proto.getName());
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || proto.getExternalDataCount() > 0) {
      throw new IllegalArgumentException(
          name + "its data lies in another file (external data), which is not supported");
    }
    if (proto.hasSegment()) {
      throw new IllegalArgumentException(name + "segments are not supported");
    }
    try {
      OnnxType type = OnnxType.of(proto.getDataType());
      int[] shape = shape(proto.getDimsList());
      return new OnnxTensor(type, shape, values(proto, type, OnnxTensor.elements(shape)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(name + e.getMessage(), e);
    }
  }

  private static int[] shape(List<Long> dims) {
    return dims.stream().mapToInt(dim -> Math.toIntExact(dim)).toArray();
  }

  private static double[] values(TensorProto proto, OnnxType type, long size) {
    if (proto.hasRawData()) {
      return rawValues(proto.getRawData(), type, size);
    }
    int held =
        switch (type) {
          case FLOAT -> proto.getFloatDataCount();
          case DOUBLE -> proto.getDoubleDataCount();
          case INT64 -> proto.getInt64DataCount();
          case INT32, BOOL -> proto.getInt32DataCount();
        };
    requireCount(held, size);
    double[] values = new double[held];
    for (int i = 0; i < held; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> proto.getFloatData(i);
            case DOUBLE -> proto.getDoubleData(i);
            case INT64 -> proto.getInt64Data(i);
            case INT32, BOOL -> proto.getInt32Data(i);
          };
    }
    return values;
  }

  private static double[] rawValues(ByteString raw, OnnxType type, long size) {
    if (raw.size() % type.bytes() != 0) {
      throw new IllegalArgumentException(
          "%d bytes are no whole number of %s".formatted(raw.size(), type));
    }
    int held = raw.size() / type.bytes();
    requireCount(held, size);
    ByteBuffer bytes = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[held];
    for (int i = 0; i < held; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> bytes.getFloat();
            case DOUBLE -> bytes.getDouble();
            case INT32 -> bytes.getInt();
            case INT64 -> bytes.getLong();
            case BOOL -> bytes.get();
          };
    }
    return values;
  }

  private static void requireCount(int held, long size) {
    if (held != size) {
      throw new IllegalArgumentException(
          "it holds %d elements, its shape has %d".formatted(held, size));
    }
  }

  /** A tensor as a file holds it, with raw bytes. */
  static TensorProto write(String name, OnnxTensor tensor) {
    TensorProto.Builder proto = TensorProto.newBuilder();
    proto.setName(name).setDataType(tensor.type().code());
    for (int axis : tensor.shape()) {
      proto.addDims(axis);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), tensor.type().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (double value : tensor.values()) {
      switch (tensor.type()) {
        case FLOAT -> bytes.putFloat((float) value);
        case DOUBLE -> bytes.putDouble(value);
        case INT32 -> bytes.putInt((int) value);
        case INT64 -> bytes.putLong((long) value);
        case BOOL -> bytes.put((byte) value);
      }
    }
    return proto.setRawData(ByteString.copyFrom(bytes.flip())).build();
  }

  /** The name of a type that a file gives by number. */
  static String typeName(int code) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(code);
    return type == null ? String.format(Locale.ROOT, "%d", code) : type.name();
  }
}
