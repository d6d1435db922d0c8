package io.carousel.io.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.carousel.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes models as files of protocol buffers. */
final class OnnxWriter {
  private static final int IR_VERSION = 8; // what came with opset 15

  private OnnxWriter() {}

  /**
   * Writes a model crash-safely.
   *
   * @throws IOException when it cannot be written; an old file stays as it was
   */
  static void write(OnnxModel model, Path file) throws IOException {
    ModelProto proto = model(model);
    AtomicFile.write(file, proto::writeTo);
  }

  /** A model as the bytes of its file. */
  static byte[] bytes(OnnxModel model) {
    return model(model).toByteArray();
  }

  private static ModelProto model(OnnxModel model) {
    ModelProto.Builder proto =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName(model.producer())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(model.opset()))
            .setGraph(graph(model.graph()));
    model
        .metadata()
        .forEach(
            (key, value) ->
                proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return proto.build();
  }

  private static GraphProto graph(OnnxGraph graph) {
    GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name());
    graph.inputs().forEach(input -> proto.addInput(value(input)));
    graph.outputs().forEach(output -> proto.addOutput(value(output)));
    graph
        .initializers()
        .forEach((name, tensor) -> proto.addInitializer(TensorProtos.write(name, tensor)));
    graph.nodes().forEach(node -> proto.addNode(node(node)));
    return proto.build();
  }

  private static ValueInfoProto value(OnnxGraph.Value value) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (String axis : value.axes()) {
      if (axis.matches("[0-9]+")) {
        shape.addDimBuilder().setDimValue(Long.parseLong(axis));
      } else {
        shape.addDimBuilder().setDimParam(axis);
      }
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(value.type().code()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static NodeProto node(OnnxNode node) {
    NodeProto.Builder proto =
        NodeProto.newBuilder()
            .setName(node.name())
            .setOpType(node.operator())
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    node.attributes().values().forEach((name, value) -> proto.addAttribute(attribute(name, value)));
    return proto.build();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long integer) {
      return proto.setType(AttributeProto.AttributeType.INT).setI(integer).build();
    }
    if (value instanceof Double number) {
      return proto.setType(AttributeProto.AttributeType.FLOAT).setF(number.floatValue()).build();
    }
    if (value instanceof String text) {
      ByteString bytes = ByteString.copyFromUtf8(text);
      return proto.setType(AttributeProto.AttributeType.STRING).setS(bytes).build();
    }
    if (value instanceof long[] integers) {
      proto.setType(AttributeProto.AttributeType.INTS);
      for (long integer : integers) {
        proto.addInts(integer);
      }
      return proto.build();
    }
    if (value instanceof double[] numbers) {
      proto.setType(AttributeProto.AttributeType.FLOATS);
      for (double number : numbers) {
        proto.addFloats((float) number);
      }
      return proto.build();
    }
    if (value instanceof List<?> texts) {
      proto.setType(AttributeProto.AttributeType.STRINGS);
      texts.forEach(text -> proto.addStrings(ByteString.copyFromUtf8((String) text)));
      return proto.build();
    }
    if (value instanceof OnnxTensor tensor) {
      return proto
          .setType(AttributeProto.AttributeType.TENSOR)
          .setT(TensorProtos.write("", tensor))
          .build();
    }
    if (value instanceof OnnxGraph graph) {
      return proto.setType(AttributeProto.AttributeType.GRAPH).setG(graph(graph)).build();
    }
    throw new IllegalArgumentException("attribute '%s' is a %s".formatted(name, value.getClass()));
  }
}
