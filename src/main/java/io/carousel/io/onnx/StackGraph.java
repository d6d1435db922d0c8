package io.carousel.io.onnx;

import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent stack as nodes of a graph: one {@code RNN}, {@code LSTM} or {@code GRU} for each
 * layer with all of its directions. Dropout is left out.
 */
public final class StackGraph {
  private final GraphBuilder graph;
  private final RecurrentSpec spec;
  private final ParameterSet parameters;
  private final Queue queue;
  private final String path;
  private final @Nullable String lengths;
  private final List<String> hN = new ArrayList<>();
  private final List<String> cN = new ArrayList<>();
  private String steps = "";

  /** Values of one layer's states, [D, N, H] each; c is null where there is none. */
  public record State(String h, @Nullable String c) {}

  private StackGraph(
      GraphBuilder graph,
      RecurrentSpec spec,
      ParameterSet parameters,
      Queue queue,
      String path,
      @Nullable String lengths) {
    this.graph = graph;
    this.spec = spec;
    this.parameters = parameters;
    this.queue = queue;
    this.path = path;
    this.lengths = lengths;
  }

  /**
   * Adds a stack to a graph.
   *
   * @param graph receives nodes and weights
   * @param spec the stack
   * @param parameters among which are those of the stack
   * @param queue carries them
   * @param path that leads the names of its parameters, such as {@code rnn}
   * @param input value [T, N, I]
   * @param lengths value [N] of INT32, null where all sequences are of T steps
   * @param initial states of each layer, null for zeros
   * @throws IllegalArgumentException naming an option of the cell that ONNX's operators have not
   */
  public static StackGraph add(
      GraphBuilder graph,
      RecurrentSpec spec,
      ParameterSet parameters,
      Queue queue,
      String path,
      String input,
      @Nullable String lengths,
      @Nullable List<State> initial) {
    StackGraph stack = new StackGraph(graph, spec, parameters, queue, path, lengths);
    stack.requireExpressible();
    String x = input;
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      x = stack.addLayer(layer, x, initial == null ? null : initial.get(layer));
    }
    stack.steps = x;
    return stack;
  }

  /** The outputs of the last layer, [T, N, D·H], 0 past the ends of sequences. */
  public String steps() {
    return steps;
  }

  /** The last states of a layer, [D, N, H]. */
  public State state(int layer) {
    return new State(hN.get(layer), cN.isEmpty() ? null : cN.get(layer));
  }

  private void requireExpressible() {
    if (spec.projSize() > 0) {
      throw new IllegalArgumentException(
          "a projection (here to %d) is not exported: ONNX's LSTM has none"
              .formatted(spec.projSize()));
    }
    if (spec.cellClip() > 0) {
      throw new IllegalArgumentException(
          "a bound of the cell state (here %s) is not exported: ONNX's clip is another thing"
              .formatted(spec.cellClip()));
    }
  }

  private String addLayer(int layer, String x, @Nullable State initial) {
    String name = path + "/l" + layer;
    List<String> operands = new ArrayList<>();
    operands.add(x);
    operands.add(weights(layer, "W", "weight_ih"));
    operands.add(weights(layer, "R", "weight_hh"));
    operands.add(spec.bias() ? biases(layer) : "");
    operands.add(lengths == null ? "" : lengths);
    operands.add(initial == null ? "" : initial.h);
    operands.add(initial == null || initial.c == null ? "" : initial.c);
    operands.add(spec.peephole() ? peepholes(layer) : "");
    while (operands.get(operands.size() - 1).isEmpty()) {
      operands.remove(operands.size() - 1);
    }
    List<String> results = new ArrayList<>(List.of(name + "/Y", name + "/Y_h"));
    if (spec.cell().hasCellState()) {
      results.add(name + "/Y_c");
    }
    graph.node(spec.cell().name(), name, operands, results, attributes());
    hN.add(passedThrough(results.get(1), initial == null ? null : initial.h));
    if (spec.cell().hasCellState()) {
      cN.add(passedThrough(results.get(2), initial == null ? null : initial.c));
    }
    // [T, D, N, H] → [T, N, D·H]
    if (spec.directions() == 1) {
      return graph.node("Squeeze", name + "/output", List.of(results.get(0), graph.integers(1)));
    }
    String turned = graph.transposed(name + "/turned", results.get(0), 0, 2, 1, 3);
    return graph.reshaped(name + "/output", turned, 0, 0, -1);
  }

  /** A sequence of length 0 ends with what it started from, where ONNX Runtime gives 0. */
  private String passedThrough(String last, @Nullable String initial) {
    if (lengths == null || initial == null) {
      return last;
    }
    String zero = graph.constant("int32_0", OnnxTensor.scalar(OnnxType.INT32, 0));
    String some = graph.node("Less", last + "/some", List.of(zero, lengths)); // [N]
    String column = graph.unsqueezed(last + "/column", some, 1); // [N, 1]
    return graph.node("Where", last + "/passed", List.of(column, last, initial));
  }

  private OnnxAttributes attributes() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("hidden_size", (long) spec.hiddenSize());
    if (spec.bidirectional()) {
      attributes.put("direction", "bidirectional");
    }
    attributes.putAll(RecurrentFunctions.attributes(spec));
    switch (spec.cell()) {
      case RNN -> {}
      case LSTM -> {
        if (spec.coupledInputForget()) {
          attributes.put("input_forget", 1L);
        }
      }
      case GRU -> attributes.put("linear_before_reset", spec.resetAfter() ? 1L : 0L);
    }
    return new OnnxAttributes(attributes);
  }

  private String weights(int layer, String operand, String name) {
    List<double[]> directions = new ArrayList<>();
    for (int d = 0; d < spec.directions(); d++) {
      directions.add(RecurrentWeights.fromOurs(spec, download(name, layer, d)));
    }
    int rows = spec.gateRows();
    int columns = directions.get(0).length / rows;
    return constant(layer, operand, directions, spec.directions(), rows, columns);
  }

  private String biases(int layer) {
    List<double[]> parts = new ArrayList<>();
    for (int d = 0; d < spec.directions(); d++) {
      parts.add(RecurrentWeights.fromOurs(spec, download("bias_ih", layer, d)));
      parts.add(RecurrentWeights.fromOurs(spec, download("bias_hh", layer, d)));
    }
    return constant(layer, "B", parts, spec.directions(), 2 * spec.gateRows());
  }

  private String peepholes(int layer) {
    List<double[]> directions = new ArrayList<>();
    for (int d = 0; d < spec.directions(); d++) {
      directions.add(RecurrentWeights.peepholesFromOurs(spec, download("peephole", layer, d)));
    }
    return constant(layer, "P", directions, spec.directions(), 3 * spec.hiddenSize());
  }

  private double[] download(String name, int layer, int direction) {
    String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
    return parameters.get(path + "." + name + suffix).download(queue);
  }

  private String constant(int layer, String operand, List<double[]> parts, int... shape) {
    double[] values = new double[Math.toIntExact(OnnxTensor.elements(shape))];
    int to = 0;
    for (double[] part : parts) {
      System.arraycopy(part, 0, values, to, part.length);
      to += part.length;
    }
    return graph.constant(path + ".l" + layer + "." + operand, OnnxTensor.floats(values, shape));
  }
}
