package io.carousel.io.onnx;

import io.carousel.device.Activation;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.SequenceModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The weights and functions of a graph that has the parts of a {@link SequenceModel}, in order. */
final class GraphParts {
  /** Operators that only arrange, make shapes and masks, or do nothing when a model is asked. */
  private static final Set<String> ARRANGING =
      Set.of(
          "Transpose",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Concat",
          "Split",
          "Slice",
          "Expand",
          "Identity",
          "Dropout",
          "Cast",
          "Constant",
          "ConstantOfShape",
          "Shape",
          "Range",
          "Less",
          "Where");

  /** Operators that give elements of their first input and nothing else. */
  private static final Set<String> CARRYING =
      Set.of(
          "Transpose",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Split",
          "Slice",
          "Gather",
          "Identity",
          "Cast");

  private final Map<String, OnnxTensor> known = new HashMap<>();
  private final Map<String, String> origins = new HashMap<>(); // the input that a value is part of
  private final Set<String> h0 = new TreeSet<>();
  private final Set<String> c0 = new TreeSet<>();
  private final Map<String, double[]> weights = new LinkedHashMap<>();
  private final ResultBudget budget = new ResultBudget();
  private final GraphFlow flow;
  private final int opset;
  private @Nullable RecurrentSpec stack;
  private @Nullable OnnxTensor table;
  private @Nullable OnnxTensor head;
  private double @Nullable [] headBias;
  private Activation activation = Activation.IDENTITY;

  private GraphParts(OnnxModel model) {
    opset = model.opset();
    known.putAll(model.graph().initializers());
    known.remove(""); // which stands for an input that is not given
    flow = new GraphFlow(model.graph(), known);
    model.graph().freeInputs().forEach(input -> origins.put(input.name(), input.name()));
    for (OnnxNode node : model.graph().nodes()) {
      node.naming(
          () -> {
            if (!fold(node)) {
              read(node);
              flow.follow(node);
            }
            return node;
          });
    }
  }

  static GraphParts of(OnnxModel model) {
    GraphParts parts = new GraphParts(model);
    if (parts.stack == null) {
      throw new IllegalArgumentException("the graph has no RNN, LSTM or GRU");
    }
    if (parts.head == null) {
      parts.head = identity(parts.stack.outputSize());
    }
    return parts;
  }

  /** The linear layer of a graph that has none. */
  private static OnnxTensor identity(int size) {
    double[] values = new double[OnnxTensor.size(size, size)];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return OnnxTensor.floats(values, size, size);
  }

  /** Computes what does not depend on the input. */
  private boolean fold(OnnxNode node) {
    List<@Nullable OnnxTensor> operands = new ArrayList<>();
    for (String name : node.inputs()) {
      OnnxTensor tensor = known.get(name);
      if (tensor == null && !name.isEmpty()) {
        return false;
      }
      operands.add(tensor);
    }
    List<OnnxTensor> results = OnnxProgram.onHost(node, opset, operands, budget);
    if (results == null) {
      return false;
    }
    for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
      if (!node.output(i).isEmpty()) {
        known.put(node.output(i), results.get(i));
      }
    }
    return true;
  }

  private void read(OnnxNode node) {
    String origin = origins.get(node.input(0));
    if (origin != null && CARRYING.contains(node.operator())) {
      node.outputs().forEach(output -> origins.put(output, origin));
    }
    if (RecurrentNode.isOne(node.operator())) {
      addLayer(node);
      return;
    }
    switch (node.operator()) {
      case "Gather" -> {
        OnnxTensor data = known.get(node.input(0));
        if (data != null) {
          if (data.rank() != 2 || table != null || stack != null) {
            throw node.problem(
                "one table of an embedding, before the recurrent nodes, is supported");
          }
          table = data;
        }
      }
      case "MatMul", "Gemm" -> addHead(node);
      case "Add" -> addBias(node);
      default -> {
        if (node.operator().endsWith("Softmax")) {
          throw node.problem(
              "a model of Carousel gives what goes into this operator (logits): cut the graph"
                  + " before it");
        }
        if (HeadFunctions.isOne(node.operator()) && head != null) {
          if (!activation.equals(Activation.IDENTITY)) {
            throw node.problem("a second function after the linear layer is not supported");
          }
          activation = HeadFunctions.of(node);
        } else if (!ARRANGING.contains(node.operator())) {
          throw node.problem(
              "the operator %s is not part of a model of Carousel here; OnnxProgram may run it"
                  .formatted(node.operator()));
        }
      }
    }
  }

  private OnnxTensor constant(OnnxNode node, int index, String name) {
    OnnxTensor tensor = known.get(node.input(index));
    if (tensor == null || tensor.rank() == 0) {
      throw node.problem(name + " is no constant of the graph");
    }
    return tensor;
  }

  private void addLayer(OnnxNode node) {
    OnnxTensor w = constant(node, 1, "W");
    OnnxTensor r = constant(node, 2, "R");
    RecurrentNode recurrent = RecurrentNode.of(node, r.shape()[r.rank() - 1]);
    if (recurrent.order().get(0) == RecurrentNode.Direction.REVERSE) {
      throw node.problem(
          "direction 'reverse' alone is not part of a model of Carousel: give a forward one"
              + " sequences turned round");
    }
    RecurrentSpec functions = recurrent.stacks().get(0);
    if (!recurrent.stacks().get(recurrent.directions() - 1).equals(functions)) {
      throw node.problem("directions with different activations are not part of one stack");
    }
    addOrigin(h0, node.input(5));
    addOrigin(c0, node.input(6));
    if (h0.size() > 1 || c0.size() > 1) {
      throw node.problem(
          "initial_h and initial_c come from inputs %s and %s: one for all layers is supported"
              .formatted(h0, c0));
    }
    OnnxTensor p = node.input(7).isEmpty() ? null : constant(node, 7, "P");
    RecurrentSpec layer =
        functions
            .withBidirectional(recurrent.directions() == 2)
            .withBias(true)
            .withPeephole(p != null);
    int d = recurrent.directions();
    int rows = layer.gateRows();
    OnnxTensor b = node.input(3).isEmpty() ? null : constant(node, 3, "B");
    if (stack == null) {
      stack = layer.withInputSize(Math.max(1, w.shape()[w.rank() - 1]));
    } else {
      if (!layer.withInputSize(stack.inputSize()).equals(stack.withNumLayers(1))) {
        throw node.problem("this layer is of another kind or size than the one before");
      }
      stack = stack.withNumLayers(stack.numLayers() + 1);
    }
    int k = stack.numLayers() - 1;
    requireShape(node, "W", w, d, rows, stack.layerInputSize(k));
    requireShape(node, "R", r, d, rows, layer.hiddenSize());
    if (b != null) {
      requireShape(node, "B", b, d, 2 * rows);
    }
    if (p != null) {
      requireShape(node, "P", p, d, 3 * layer.hiddenSize());
    }
    for (int i = 0; i < d; i++) {
      String suffix = "_l" + k + (i == 1 ? "_reverse" : "");
      RecurrentWeights.toOurs(
              layer,
              part(w, i, d),
              part(r, i, d),
              b == null ? new double[2 * rows] : part(b, i, d),
              p == null ? null : part(p, i, d))
          .forEach((name, values) -> weights.put("rnn." + name + suffix, values));
    }
  }

  private void addOrigin(Set<String> inputs, String value) {
    String origin = origins.get(value);
    if (origin != null) {
      inputs.add(origin);
    }
  }

  private static void requireShape(OnnxNode node, String name, OnnxTensor tensor, int... shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw node.problem("%s is %s, expected %s".formatted(name, tensor, Arrays.toString(shape)));
    }
  }

  private static double[] part(OnnxTensor tensor, int d, int directions) {
    int size = tensor.size() / directions;
    return Arrays.copyOfRange(tensor.values(), d * size, (d + 1) * size);
  }

  private void addHead(OnnxNode node) {
    OnnxTensor factor = constant(node, 1, "the second factor");
    boolean gemm = node.operator().equals("Gemm");
    OnnxAttributes attributes = node.attributes();
    if (stack == null || head != null || factor.rank() != 2) {
      throw node.problem("one linear layer, after the recurrent nodes, is supported");
    }
    if (gemm
        && (attributes.integer("transA", 0) != 0
            || attributes.number("alpha", 1) != 1
            || attributes.number("beta", 1) != 1)) {
      throw node.problem("transA, alpha and beta other than 0, 1 and 1 are not supported");
    }
    head = gemm && attributes.integer("transB", 0) == 1 ? factor : Axes.transpose(factor, 1, 0);
    if (gemm && !node.input(2).isEmpty()) {
      headBias = bias(node, constant(node, 2, "the bias"));
    }
  }

  private void addBias(OnnxNode node) {
    OnnxTensor first = known.get(node.input(0));
    OnnxTensor term = first == null ? known.get(node.input(1)) : first;
    if (head == null || headBias != null || term == null) {
      throw node.problem("only the bias of the linear layer may be added");
    }
    headBias = bias(node, term);
  }

  private double[] bias(OnnxNode node, OnnxTensor term) {
    if (head == null || term.size() != head.shape()[0]) {
      throw node.problem("a bias %s does not fit the linear layer".formatted(term));
    }
    return term.values();
  }

  /** Whether an input is that of the initial states, [L·D, N, H]. */
  boolean isH0(String input) {
    return h0.contains(input);
  }

  /** Whether an input is that of the initial cell states, [L·D, N, H]. */
  boolean isC0(String input) {
    return c0.contains(input);
  }

  /** The stack. */
  RecurrentSpec stack() {
    if (stack == null) {
      throw new IllegalStateException("checked when it was made");
    }
    return stack;
  }

  private OnnxTensor head() {
    if (head == null) {
      throw new IllegalStateException("checked when it was made");
    }
    return head;
  }

  /** Ids of the embedding, 0 where there is none. */
  int vocabulary() {
    return table == null ? 0 : table.shape()[0];
  }

  /** Columns of the output. */
  int outputs() {
    return head().shape()[0];
  }

  /** Whether the linear layer's weight is the table of the embedding. */
  boolean isTied() {
    return table != null
        && Arrays.equals(table.shape(), head().shape())
        && Arrays.equals(table.values(), head().values());
  }

  /** The function of the output. */
  Activation activation() {
    return activation;
  }

  /** Gives a model of this kind the graph's weights. */
  void upload(SequenceModel model) {
    weights.forEach((name, values) -> upload(model, name, values));
    if (table != null) {
      upload(model, "embedding.weight", table.values());
    }
    if (!isTied()) {
      upload(model, "out.weight", head().values());
    }
    upload(model, "out.bias", headBias == null ? new double[outputs()] : headBias);
  }

  private static void upload(SequenceModel model, String name, double[] values) {
    model.parameters().get(name).upload(model.queue(), values);
  }
}
