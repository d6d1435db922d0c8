package io.carousel.io.onnx;

import io.carousel.device.Activation;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SequenceModel} as nodes of a graph: embedding, stack, head. A model among others, whose
 * parameters have a path before theirs, is told apart by it.
 */
public final class SequenceModelGraph {
  private final GraphBuilder graph;
  private final SequenceModelSpec spec;
  private final ParameterSet parameters;
  private final Queue queue;
  private final String prefix;
  private final @Nullable String lengths;
  private final StackGraph stack;
  private final String output;

  private SequenceModelGraph(
      GraphBuilder graph,
      SequenceModel model,
      String prefix,
      String input,
      @Nullable String lengths,
      @Nullable List<StackGraph.State> initial) {
    this.graph = graph;
    this.prefix = prefix;
    this.lengths = lengths;
    spec = model.spec();
    parameters = model.parameters();
    queue = model.queue();
    String x = input;
    if (spec.vocabulary() > 0) {
      String table = graph.parameter(parameters.get(prefix + "embedding.weight"), queue);
      x = graph.node("Gather", prefix + "embedding", List.of(table, input), "axis", 0L);
    }
    stack =
        StackGraph.add(
            graph, spec.recurrent(), parameters, queue, prefix + "rnn", x, lengths, initial);
    output = head(input);
  }

  /**
   * Adds a model to a graph.
   *
   * @param prefix that leads the names of its parameters; empty, or with a dot at its end
   * @param input value [T, N, F], or of ids [T, N] of INT64
   * @param lengths value [N] of INT32, null where all sequences are of T steps
   * @param initial states of each layer, null for zeros
   * @throws IllegalArgumentException naming an option that ONNX's operators have not
   */
  public static SequenceModelGraph add(
      GraphBuilder graph,
      SequenceModel model,
      String prefix,
      String input,
      @Nullable String lengths,
      @Nullable List<StackGraph.State> initial) {
    return new SequenceModelGraph(graph, model, prefix, input, lengths, initial);
  }

  /** What the head gives: [T, N, outputs] with 0 past the ends of sequences, or [N, outputs]. */
  public String output() {
    return output;
  }

  /** The recurrent stack. */
  public StackGraph stack() {
    return stack;
  }

  private String head(String input) {
    String rows = spec.readout().perStep() ? stack.steps() : lastStates();
    String y =
        graph.linear(
            prefix + "out",
            rows,
            parameters.get(prefix + "out.weight"),
            parameters.get(prefix + "out.bias"),
            queue);
    y = activated(y, spec.outputActivation());
    return lengths != null && spec.readout().perStep() ? masked(y, input, lengths) : y;
  }

  private String activated(String y, Activation f) {
    return HeadFunctions.add(graph, prefix + "out/activation", y, f);
  }

  /** The last layer's states, directions side by side: [D, N, H] → [N, D·H]. */
  private String lastStates() {
    RecurrentSpec recurrent = spec.recurrent();
    StackGraph.State last = stack.state(recurrent.numLayers() - 1);
    String states =
        spec.readout() == Readout.LAST_CELL ? Objects.requireNonNull(last.c()) : last.h();
    String turned = graph.transposed(prefix + "last/turned", states, 1, 0, 2);
    return graph.reshaped(prefix + "last", turned, 0, -1);
  }

  private String masked(String y, String input, String ends) {
    String steps = graph.sizeOf(prefix + "mask/steps", input, 0);
    String mask = mask(graph, prefix + "mask", steps, ends); // [T, N]
    String column = graph.unsqueezed(prefix + "mask/column", mask, 2);
    return graph.node("Where", prefix + "out/masked", List.of(column, y, graph.number(0)));
  }

  /** Which steps lie before the ends of sequences, [T, N], for T a scalar and lengths [N]. */
  static String mask(GraphBuilder graph, String name, String steps, String lengths) {
    String whole =
        graph.node("Cast", name + "/lengths", List.of(lengths), "to", (long) OnnxType.INT64.code());
    List<String> range = List.of(graph.integer(0), steps, graph.integer(1));
    String times = graph.node("Range", name + "/times", range);
    String column = graph.unsqueezed(name + "/rows", times, 1);
    return graph.node("Less", name + "/before", List.of(column, whole));
  }

  /** The layers of states given as one value each, [L·D, N, H]; c is null where there is none. */
  static List<StackGraph.State> layers(
      GraphBuilder graph, RecurrentSpec spec, String h, @Nullable String c) {
    List<StackGraph.State> layers = new ArrayList<>();
    for (int k = 0; k < spec.numLayers(); k++) {
      layers.add(
          new StackGraph.State(
              layer(graph, spec, h, k), c == null ? null : layer(graph, spec, c, k)));
    }
    return layers;
  }

  private static String layer(GraphBuilder graph, RecurrentSpec spec, String states, int k) {
    int d = spec.directions();
    return graph.node(
        "Slice",
        states + "/l" + k,
        List.of(
            states, graph.integers((long) k * d), graph.integers((k + 1L) * d), graph.integers(0)));
  }
}
