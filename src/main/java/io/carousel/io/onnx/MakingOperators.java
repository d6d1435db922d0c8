package io.carousel.io.onnx;

import io.carousel.io.onnx.Operator.Call;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that make tensors out of attributes and shapes, or pass them on. */
final class MakingOperators {
  private MakingOperators() {}

  /** All of them, by name. */
  static final Map<String, Operator> ALL =
      Map.of(
          "Identity", call -> List.of(call.input(0)),
          "Dropout", call -> List.of(dropout(call)),
          "Cast", call -> List.of(cast(call)),
          "Constant", call -> List.of(constant(call.node())),
          "ConstantOfShape", call -> List.of(constantOfShape(call)),
          "Shape", call -> List.of(shape(call)),
          "Range", call -> List.of(range(call)));

  private static OnnxTensor dropout(Call call) {
    OnnxTensor training = call.optional(2);
    if (training != null && training.values()[0] != 0) {
      throw new IllegalArgumentException("training_mode is not supported");
    }
    if (!call.node().output(1).isEmpty()) {
      throw new IllegalArgumentException("the mask as a second output is not supported");
    }
    return call.input(0);
  }

  private static OnnxTensor cast(Call call) {
    OnnxTensor x = call.input(0);
    OnnxType to = OnnxType.of(Math.toIntExact(call.attributes().integer("to", 0)));
    double[] values =
        Arrays.stream(x.values())
            .map(
                value ->
                    switch (to) {
                      case FLOAT -> (float) value;
                      case DOUBLE -> value;
                      case INT32 -> (int) value;
                      case INT64 -> (double) (long) value;
                      case BOOL -> value != 0 ? 1 : 0;
                    })
            .toArray();
    return new OnnxTensor(to, x.shape(), values);
  }

  /** What a {@code Constant} node stands for. */
  static OnnxTensor constant(OnnxNode node) {
    OnnxAttributes attributes = node.attributes();
    OnnxTensor tensor = attributes.tensor("value");
    if (tensor != null) {
      return tensor;
    }
    if (attributes.has("value_int")) {
      return OnnxTensor.scalar(OnnxType.INT64, (double) attributes.integer("value_int", 0));
    }
    if (attributes.has("value_float")) {
      return OnnxTensor.scalar(OnnxType.FLOAT, attributes.number("value_float", 0));
    }
    long[] integers = attributes.integers("value_ints");
    if (integers != null) {
      return OnnxTensor.longs(integers);
    }
    if (attributes.has("value_floats")) {
      double[] numbers = attributes.numbers("value_floats");
      return OnnxTensor.floats(numbers, numbers.length);
    }
    throw new IllegalArgumentException(
        "a constant of %s is not supported".formatted(attributes.values().keySet()));
  }

  private static OnnxTensor constantOfShape(Call call) {
    OnnxTensor given = call.attributes().tensor("value");
    OnnxTensor value = given == null ? OnnxTensor.floats(new double[1], 1) : given;
    if (value.size() != 1) {
      throw new IllegalArgumentException("value has %d elements".formatted(value.size()));
    }
    int[] shape = call.input(0).ints();
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.fill(values, value.values()[0]);
    return new OnnxTensor(value.type(), shape, values);
  }

  private static OnnxTensor shape(Call call) {
    int[] shape = call.input(0).shape();
    int start = limit(call.attributes().integer("start", 0), shape.length);
    int end = limit(call.attributes().integer("end", shape.length), shape.length);
    return OnnxTensor.longs(
        Arrays.stream(Arrays.copyOfRange(shape, start, Math.max(start, end)))
            .asLongStream()
            .toArray());
  }

  private static int limit(long axis, int rank) {
    return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  }

  private static OnnxTensor range(Call call) {
    double start = call.input(0).values()[0];
    double limit = call.input(1).values()[0];
    double delta = call.input(2).values()[0];
    double count = Math.max(0, Math.ceil((limit - start) / delta));
    int[] shape = {count < Integer.MAX_VALUE ? (int) count : -1};
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.setAll(values, i -> start + i * delta);
    return new OnnxTensor(call.input(0).type(), shape, values);
  }
}
