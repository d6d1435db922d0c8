package io.carousel.io.onnx;

import io.carousel.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Any ONNX graph of recurrent operators and of those around them, run as it is: {@code RNN}, {@code
 * LSTM} and {@code GRU} by stacks of Carousel on a device, everything else plainly on the host in
 * double precision. It is there to judge and to try graphs; what shall be trained or served is made
 * a model of Carousel by {@link OnnxImport}. Immutable.
 */
public final class OnnxProgram {
  private static final Map<String, Operator> OPERATORS = new HashMap<>();

  static {
    OPERATORS.putAll(MakingOperators.ALL);
    OPERATORS.putAll(ArrangingOperators.ALL);
    OPERATORS.putAll(ComputingOperators.ALL);
  }

  private final OnnxModel model;

  /**
   * A program of a graph.
   *
   * @throws IllegalArgumentException naming a node whose operator is not supported
   */
  OnnxProgram(OnnxModel model) {
    this.model = model;
    for (OnnxNode node : model.graph().nodes()) {
      if (!RecurrentNode.isOne(node.operator()) && !OPERATORS.containsKey(node.operator())) {
        throw node.problem(
            "the operator %s is not supported, these are: %s"
                .formatted(node.operator(), operators()));
      }
    }
  }

  /** The operators that run, by name. */
  static Set<String> operators() {
    Set<String> names = new TreeSet<>(OPERATORS.keySet());
    names.addAll(Set.of("RNN", "LSTM", "GRU"));
    return names;
  }

  /**
   * Reads a program.
   *
   * @throws ModelFormatException when the file holds none, or asks for what is not supported
   * @throws IOException when it cannot be read
   */
  public static OnnxProgram read(Path file) throws IOException {
    try {
      return new OnnxProgram(OnnxReader.model(file));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /** Names of the inputs that are to be given, in order. */
  public List<String> inputs() {
    return model.graph().freeInputs().stream().map(OnnxGraph.Value::name).toList();
  }

  /** Names of the outputs, in order. */
  public List<String> outputs() {
    return model.graph().outputs().stream().map(OnnxGraph.Value::name).toList();
  }

  /** The operators in the order in which they run, the first ones of many. */
  @Override
  public String toString() {
    List<OnnxNode> nodes = model.graph().nodes();
    String first = nodes.stream().limit(8).map(OnnxNode::operator).collect(Collectors.joining(" "));
    return first + (nodes.size() > 8 ? " and %d more".formatted(nodes.size() - 8) : "");
  }

  /** Every input that the graph lists, those that have a value of their own too. */
  List<String> listedInputs() {
    return model.graph().inputs().stream().map(OnnxGraph.Value::name).toList();
  }

  /**
   * What a run gave.
   *
   * @param outputs by name, in the graph's order
   * @param kernels what computed the recurrent operators, each once
   */
  public record Result(Map<String, OnnxTensor> outputs, Set<String> kernels) {}

  /**
   * Runs the program.
   *
   * @param inputs by name; one that has a value of its own may be left out
   * @param computing how recurrent operators are computed
   * @throws IllegalArgumentException naming an input that is missing or unknown, or the node at
   *     which something does not fit or is not supported
   */
  public Result run(Map<String, OnnxTensor> inputs, Computing computing) {
    Map<String, OnnxTensor> values = new HashMap<>(model.graph().initializers());
    List<String> known = listedInputs();
    for (Map.Entry<String, OnnxTensor> input : inputs.entrySet()) {
      if (!known.contains(input.getKey())) {
        throw new IllegalArgumentException(
            "the graph has no input '%s', it has %s".formatted(input.getKey(), known));
      }
      values.put(input.getKey(), input.getValue());
    }
    Set<String> kernels = new TreeSet<>();
    ResultBudget budget = new ResultBudget();
    for (OnnxNode node : model.graph().nodes()) {
      List<OnnxTensor> outputs = node.naming(() -> run(node, values, computing, kernels, budget));
      for (int i = 0; i < node.outputs().size(); i++) {
        if (!node.output(i).isEmpty()) {
          if (i >= outputs.size()) {
            throw node.problem("it has no output number " + i);
          }
          values.put(node.output(i), outputs.get(i));
        }
      }
    }
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    for (String name : outputs()) {
      outputs.put(name, valueOf(name, values));
    }
    return new Result(outputs, kernels);
  }

  private List<OnnxTensor> run(
      OnnxNode node,
      Map<String, OnnxTensor> values,
      Computing computing,
      Set<String> kernels,
      ResultBudget budget) {
    List<@Nullable OnnxTensor> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : valueOf(name, values));
    }
    List<OnnxTensor> outputs = onHost(node, model.opset(), inputs, budget);
    if (outputs == null) {
      RecurrentOperator.Result result = RecurrentOperator.run(node, inputs, computing);
      outputs = result.outputs();
      kernels.add(result.kernel());
      budget.count(outputs, inputs);
    }
    return outputs;
  }

  private static OnnxTensor valueOf(String name, Map<String, OnnxTensor> values) {
    OnnxTensor value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no value '%s'".formatted(name));
    }
    return value;
  }

  /** What an operator gives; null for those that run on a device. */
  static @Nullable List<OnnxTensor> onHost(
      OnnxNode node, int opset, List<@Nullable OnnxTensor> inputs, ResultBudget budget) {
    Operator operator = OPERATORS.get(node.operator());
    if (operator == null) {
      return null;
    }
    List<OnnxTensor> outputs = operator.run(new Operator.Call(node, opset, inputs));
    budget.count(outputs, inputs);
    return outputs;
  }
}
