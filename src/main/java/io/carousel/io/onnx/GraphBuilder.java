package io.carousel.io.onnx;

import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds an ONNX graph, operator by operator. A value is known by its name; a node's values take
 * the node's name. What is written is of opset 14, which is old enough for most runtimes.
 */
public final class GraphBuilder {
  private static final int OPSET = 14;

  private final List<OnnxGraph.Value> inputs = new ArrayList<>();
  private final List<OnnxGraph.Value> outputs = new ArrayList<>();
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** Says something about the model, for people and programs. */
  public GraphBuilder metadata(String name, String text) {
    metadata.put(name, text);
    return this;
  }

  /**
   * Adds an input.
   *
   * @param axes a number each, or a name for a size that may be any
   * @return its name
   */
  public String input(String name, OnnxType type, String... axes) {
    inputs.add(OnnxGraph.Value.of(name, type, axes));
    return name;
  }

  /** Adds an output: a value, under a name of its own. */
  public void output(String name, String value, OnnxType type, String... axes) {
    nodes.add(new OnnxNode(name, "Identity", List.of(value), List.of(name), OnnxAttributes.NONE));
    outputs.add(OnnxGraph.Value.of(name, type, axes));
  }

  /** Adds a constant under a name that is new, or that has the same value already. */
  public String constant(String name, OnnxTensor value) {
    OnnxTensor known = constants.putIfAbsent(name, value);
    if (known != null && !known.equals(value)) {
      throw new IllegalArgumentException("there is another constant '%s'".formatted(name));
    }
    return name;
  }

  /** A vector of whole numbers as a constant, named after them. */
  public String integers(long... values) {
    StringBuilder name = new StringBuilder("integers");
    for (long value : values) {
      name.append('_').append(value);
    }
    return constant(name.toString(), OnnxTensor.longs(values));
  }

  /** A whole number as a constant. */
  public String integer(long value) {
    return constant("integer_" + value, OnnxTensor.scalar(OnnxType.INT64, (double) value));
  }

  /** A number as a constant. */
  public String number(double value) {
    return constant("number_" + value, OnnxTensor.scalar(OnnxType.FLOAT, value));
  }

  /** A parameter as a constant of FLOAT, under its path. */
  public String parameter(Parameter parameter, Queue queue) {
    return constant(
        parameter.path(), OnnxTensor.floats(parameter.downloadFloats(queue), parameter.shape()));
  }

  /**
   * Adds a node with one output.
   *
   * @param name new; also that of the output
   * @param attributes names and values in turns: Long, Double, String, {@code long[]}, {@code
   *     double[]}, List of String or {@link OnnxTensor}
   * @return the name of the output
   */
  public String node(String operator, String name, List<String> operands, Object... attributes) {
    return node(operator, name, operands, List.of(name), OnnxAttributes.of(attributes)).get(0);
  }

  /** Adds a node with given outputs, an empty name for one that nobody wants. */
  List<String> node(
      String operator,
      String name,
      List<String> operands,
      List<String> results,
      OnnxAttributes attributes) {
    nodes.add(new OnnxNode(name, operator, operands, results, attributes));
    return results;
  }

  /** Transposes; axis k of the result is axis {@code axes[k]}. */
  public String transposed(String name, String value, long... axes) {
    return node("Transpose", name, List.of(value), "perm", axes);
  }

  /** Adds axes of size 1 at these places of the result. */
  public String unsqueezed(String name, String value, long... axes) {
    return node("Unsqueeze", name, List.of(value, integers(axes)));
  }

  /** Changes the shape: 0 keeps an axis, -1 takes what is left. */
  public String reshaped(String name, String value, long... shape) {
    return node("Reshape", name, List.of(value, integers(shape)));
  }

  /** The size of an axis, a scalar. */
  public String sizeOf(String name, String value, long axis) {
    String shape = node("Shape", name + "/shape", List.of(value));
    return node("Gather", name, List.of(shape, integer(axis)), "axis", 0L);
  }

  /** x·Wᵀ + b of rows x [..., in], for a layer of {@code path.weight} and {@code path.bias}. */
  public String linear(String name, String x, Parameter weight, Parameter bias, Queue queue) {
    String factor = parameter(weight, queue);
    String turned = transposed(name + "/weight", factor, 1, 0); // one tensor where tied
    String product = node("MatMul", name + "/product", List.of(x, turned));
    return node("Add", name, List.of(product, parameter(bias, queue)));
  }

  OnnxModel model(String name) {
    return new OnnxModel(
        OPSET, "Carousel", metadata, new OnnxGraph(name, inputs, outputs, constants, nodes));
  }

  /**
   * Writes the graph, crash-safely.
   *
   * @param name of the graph
   * @throws IOException when it cannot be written; an old file stays as it was
   */
  public void write(String name, Path file) throws IOException {
    OnnxWriter.write(model(name), file);
  }
}
