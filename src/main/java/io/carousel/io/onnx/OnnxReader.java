package io.carousel.io.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.carousel.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads models and tensors from files of protocol buffers. */
final class OnnxReader {
  /** The oldest operators whose meaning is known here; they gave recurrent ones their inputs. */
  private static final int OLDEST_OPSET = 7;

  private static final int NEWEST_OPSET = 25;
  private static final long LARGEST_FILE = Integer.MAX_VALUE - 16L; // of a protocol buffer

  private OnnxReader() {}

  /**
   * Reads a model.
   *
   * @throws ModelFormatException when the file holds none that is supported, with the reason
   * @throws IOException when it cannot be read
   */
  static OnnxModel model(Path file) throws IOException {
    byte[] bytes = bytes(file);
    try {
      return model(ModelProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFormatException(file, "no ONNX model: " + e.getMessage(), e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads a file of one tensor, such as the {@code input_0.pb} of ONNX's own tests. */
  static OnnxTensor tensor(Path file) throws IOException {
    byte[] bytes = bytes(file);
    try {
      return TensorProtos.read(TensorProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFormatException(file, "no ONNX tensor: " + e.getMessage(), e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      if (Files.exists(file)) {
        throw new ModelFormatException(file, "this is no regular file");
      }
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (Files.size(file) > LARGEST_FILE) {
      throw new ModelFormatException(
          file, "%d bytes are more than a protocol buffer holds".formatted(Files.size(file)));
    }
    return Files.readAllBytes(file);
  }

  private static OnnxModel model(ModelProto proto) {
    if (!proto.hasGraph()) {
      throw new IllegalArgumentException("no ONNX model: there is no graph in it");
    }
    if (proto.getFunctionsCount() > 0) {
      throw new IllegalArgumentException("functions of the model's own are not supported");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    proto.getMetadataPropsList().forEach(p -> metadata.put(p.getKey(), p.getValue()));
    String producer = (proto.getProducerName() + " " + proto.getProducerVersion()).strip();
    return new OnnxModel(opset(proto), producer, metadata, graph(proto.getGraph()));
  }

  private static int opset(ModelProto proto) {
    for (OperatorSetIdProto set : proto.getOpsetImportList()) {
      if (isStandard(set.getDomain())) {
        if (set.getVersion() < OLDEST_OPSET || set.getVersion() > NEWEST_OPSET) {
          throw new IllegalArgumentException(
              "version %d of the operators (opset) is not supported, these are: %d to %d"
                  .formatted(set.getVersion(), OLDEST_OPSET, NEWEST_OPSET));
        }
        return (int) set.getVersion();
      }
    }
    throw new IllegalArgumentException("the model does not say which operators it is made of");
  }

  private static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private static OnnxGraph graph(GraphProto proto) {
    if (proto.getSparseInitializerCount() > 0) {
      throw new IllegalArgumentException("sparse tensors are not supported");
    }
    Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    for (TensorProto tensor : proto.getInitializerList()) {
      initializers.put(tensor.getName(), TensorProtos.read(tensor));
    }
    List<OnnxNode> nodes = proto.getNodeList().stream().map(OnnxReader::node).toList();
    requireNewNames(nodes);
    return new OnnxGraph(
        proto.getName(),
        proto.getInputList().stream().map(OnnxReader::value).toList(),
        proto.getOutputList().stream().map(OnnxReader::value).toList(),
        initializers,
        nodes);
  }

  private static void requireNewNames(List<OnnxNode> nodes) {
    Set<String> made = new HashSet<>();
    for (OnnxNode node : nodes) {
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !made.add(output)) {
          throw node.problem("'%s' was made before".formatted(output));
        }
      }
    }
  }

  private static OnnxGraph.Value value(ValueInfoProto proto) {
    if (!proto.getType().hasTensorType()) {
      throw new IllegalArgumentException(
          "'%s' is no tensor: other values are not supported".formatted(proto.getName()));
    }
    TypeProto.Tensor tensor = proto.getType().getTensorType();
    List<String> axes = new ArrayList<>();
    for (TensorShapeProto.Dimension axis : tensor.getShape().getDimList()) {
      axes.add(axis.hasDimValue() ? Long.toString(axis.getDimValue()) : axis.getDimParam());
    }
    try {
      return new OnnxGraph.Value(proto.getName(), OnnxType.of(tensor.getElemType()), axes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s': %s".formatted(proto.getName(), e.getMessage()), e);
    }
  }

  private static OnnxNode node(NodeProto proto) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    OnnxNode named = node(proto, OnnxAttributes.NONE);
    if (!isStandard(proto.getDomain())) {
      throw named.problem("operators of '%s' are not supported".formatted(proto.getDomain()));
    }
    for (AttributeProto attribute : proto.getAttributeList()) {
      try {
        attributes.put(attribute.getName(), value(attribute));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw named.problem(
            "attribute '%s': %s".formatted(attribute.getName(), String.valueOf(e.getMessage())));
      }
    }
    return node(proto, new OnnxAttributes(attributes));
  }

  private static OnnxNode node(NodeProto proto, OnnxAttributes attributes) {
    return new OnnxNode(
        proto.getName(),
        proto.getOpType(),
        proto.getInputList(),
        proto.getOutputList(),
        attributes);
  }

  private static Object value(AttributeProto proto) {
    if (!proto.getRefAttrName().isEmpty()) {
      throw new IllegalArgumentException("references to a function's attributes are not supported");
    }
    return switch (proto.getType()) {
      case INT -> proto.getI();
      case FLOAT -> asWritten(proto.getF());
      case STRING -> proto.getS().toStringUtf8();
      case INTS -> proto.getIntsList().stream().mapToLong(Long::longValue).toArray();
      case FLOATS -> proto.getFloatsList().stream().mapToDouble(OnnxReader::asWritten).toArray();
      case STRINGS ->
          proto.getStringsList().stream()
              .map(ByteString::toStringUtf8)
              .collect(Collectors.toUnmodifiableList());
      case TENSOR -> TensorProtos.read(proto.getT());
      default ->
          throw new IllegalArgumentException("values of type " + proto.getType() + " are not read");
    };
  }

  /** 0.2 for the float that is nearest to 0.2: attributes are typed by people. */
  private static double asWritten(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
