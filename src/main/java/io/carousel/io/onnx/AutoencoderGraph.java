package io.carousel.io.onnx;

import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.SequenceAutoencoder;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link SequenceAutoencoder} as a graph: {@code input} [time, batch, features] and {@code
 * lengths} [batch] of INT32, each 1 or more, to {@code output} of the input's shape, in the
 * sequences' own order, 0 past their ends.
 */
final class AutoencoderGraph {
  private AutoencoderGraph() {}

  static GraphBuilder of(SequenceAutoencoder model) {
    GraphBuilder graph = new GraphBuilder();
    ParameterSet parameters = model.parameters();
    Queue queue = model.queue();
    String[] axes = {"time", "batch", Integer.toString(model.features())};
    String input = graph.input("input", OnnxType.FLOAT, axes);
    String lengths = graph.input("lengths", OnnxType.INT32, "batch");
    StackGraph encoder =
        StackGraph.add(
            graph, model.encoder().spec(), parameters, queue, "encoder", input, lengths, null);
    List<StackGraph.State> states = new ArrayList<>();
    for (int layer = 0; layer < model.layers(); layer++) {
      states.add(encoder.state(layer));
    }
    String steps = graph.sizeOf("steps", input, 0);
    StackGraph decoder =
        StackGraph.add(
            graph,
            model.decoder().spec(),
            parameters,
            queue,
            "decoder",
            clock(graph, steps, lengths),
            lengths,
            states);
    String y =
        graph.linear(
            "out",
            decoder.steps(),
            parameters.get("out.weight"),
            parameters.get("out.bias"),
            queue);
    String whole =
        graph.node("Cast", "out/lengths", List.of(lengths), "to", (long) OnnxType.INT64.code());
    String turned =
        graph.node(
            "ReverseSequence", "out/turned", List.of(y, whole), "batch_axis", 1L, "time_axis", 0L);
    String mask = SequenceModelGraph.mask(graph, "mask", steps, lengths);
    String column = graph.unsqueezed("mask/column", mask, 2);
    String masked = graph.node("Where", "out/masked", List.of(column, turned, graph.number(0)));
    graph.output("output", masked, OnnxType.FLOAT, axes);
    return graph;
  }

  /** 1 − 2 t / max(1, length − 1) of each step and sequence, [T, N, 1]. */
  private static String clock(GraphBuilder graph, String steps, String lengths) {
    List<String> range = List.of(graph.integer(0), steps, graph.integer(1));
    String times = real(graph, "clock/times", graph.node("Range", "clock/range", range));
    String column = graph.unsqueezed("clock/column", times, 1);
    String twice = graph.node("Mul", "clock/twice", List.of(column, graph.number(2)));
    String one = graph.number(1);
    String last =
        graph.node("Sub", "clock/last", List.of(real(graph, "clock/lengths", lengths), one));
    String divisor = graph.node("Max", "clock/divisor", List.of(last, one));
    String past = graph.node("Div", "clock/past", List.of(twice, divisor));
    return graph.unsqueezed("clock", graph.node("Sub", "clock/left", List.of(one, past)), 2);
  }

  private static String real(GraphBuilder graph, String name, String whole) {
    return graph.node("Cast", name, List.of(whole), "to", (long) OnnxType.FLOAT.code());
  }
}
