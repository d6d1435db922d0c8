package io.carousel.io.onnx;

import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.LuongAttention;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EncoderDecoder} as two graphs: one reads the source, the other says what comes after
 * some ids of the target, from states that it gives on.
 */
final class EncoderDecoderGraph {
  private final GraphBuilder graph = new GraphBuilder();
  private final EncoderDecoderSpec spec;
  private final ParameterSet parameters;
  private final Queue queue;

  private EncoderDecoderGraph(EncoderDecoder model) {
    spec = model.spec();
    parameters = model.parameters();
    queue = model.queue();
  }

  /**
   * {@code source} ids [source_time, batch] of INT64 and {@code lengths} [batch] of INT32 to {@code
   * h} and, of an LSTM, {@code c} [layers, batch, H], and with attention {@code memory}
   * [source_time, batch, H].
   */
  static GraphBuilder encoder(EncoderDecoder model) {
    return new EncoderDecoderGraph(model).encoder();
  }

  /**
   * {@code target} ids [time, batch], {@code h0} and {@code c0}, and with attention {@code memory}
   * and {@code lengths} of the encoder, to {@code logits} [time, batch, ids], {@code hN} and {@code
   * cN}.
   */
  static GraphBuilder decoder(EncoderDecoder model) {
    return new EncoderDecoderGraph(model).decoder();
  }

  private GraphBuilder encoder() {
    String source = graph.input("source", OnnxType.INT64, "source_time", "batch");
    String lengths = graph.input("lengths", OnnxType.INT32, "batch");
    RecurrentSpec recurrent = spec.encoder();
    StackGraph stack = stack(recurrent, "encoder", embedded("source", source), lengths, null);
    List<String> h = new ArrayList<>();
    List<String> c = new ArrayList<>();
    for (int layer = 0; layer < recurrent.numLayers(); layer++) {
      StackGraph.State state = stack.state(layer);
      h.add(sideBySide(state.h()));
      @Nullable String cell = state.c();
      if (cell != null) {
        c.add(sideBySide(cell));
      }
    }
    states("h", h);
    if (!c.isEmpty()) {
      states("c", c);
    }
    if (spec.attention() != null) {
      String size = Integer.toString(spec.hiddenSize());
      graph.output("memory", stack.steps(), OnnxType.FLOAT, "source_time", "batch", size);
    }
    return graph;
  }

  /** [D, N, H / D] → [1, N, H]: both directions start one layer of the decoder. */
  private String sideBySide(String state) {
    String turned = graph.transposed(state + "/turned", state, 1, 0, 2);
    return graph.unsqueezed(state + "/layer", graph.reshaped(state + "/joined", turned, 0, -1), 0);
  }

  private void states(String name, List<String> layers) {
    String all = graph.node("Concat", name + "/layers", layers, "axis", 0L);
    String size = Integer.toString(spec.hiddenSize());
    graph.output(name, all, OnnxType.FLOAT, Integer.toString(layers.size()), "batch", size);
  }

  private GraphBuilder decoder() {
    String target = graph.input("target", OnnxType.INT64, "time", "batch");
    RecurrentSpec recurrent = spec.decoder();
    List<StackGraph.State> initial = OnnxExport.initial(graph, recurrent);
    StackGraph stack = stack(recurrent, "decoder", embedded("target", target), null, initial);
    String rows = spec.attention() == null ? stack.steps() : attended(stack.steps());
    String logits =
        graph.linear("out", rows, parameters.get("out.weight"), parameters.get("out.bias"), queue);
    String ids = Integer.toString(spec.targetVocabulary());
    graph.output("logits", logits, OnnxType.FLOAT, "time", "batch", ids);
    OnnxExport.last(graph, recurrent, stack);
    return graph;
  }

  /** h~ [T, N, H] of decoder outputs; see {@link LuongAttention}. */
  private String attended(String steps) {
    String size = Integer.toString(spec.hiddenSize());
    String memory = graph.input("memory", OnnxType.FLOAT, "source_time", "batch", size);
    String lengths = graph.input("lengths", OnnxType.INT32, "batch");
    String query = steps;
    if (spec.attention() == LuongAttention.Score.GENERAL) {
      String weight = graph.parameter(parameters.get("attention.score.weight"), queue);
      query = graph.node("MatMul", "attention/query", List.of(steps, weight));
    }
    String queries = graph.transposed("attention/queries", query, 1, 0, 2); // [N, T, G]
    String keys = graph.transposed("attention/keys", memory, 1, 2, 0); // [N, G, S]
    String scores = graph.node("MatMul", "attention/scores", List.of(queries, keys));
    String sourceSteps = graph.sizeOf("attention/steps", memory, 0);
    String mask = SequenceModelGraph.mask(graph, "attention/mask", sourceSteps, lengths);
    String before =
        graph.unsqueezed(
            "attention/before", graph.transposed("attention/turned", mask, 1, 0), 1); // [N, 1, S]
    String bounded =
        graph.node("Where", "attention/bounded", List.of(before, scores, graph.number(-1e30)));
    String weights = graph.node("Softmax", "attention/weights", List.of(bounded), "axis", -1L);
    String values = graph.transposed("attention/values", memory, 1, 0, 2); // 0 past the ends
    String context = graph.node("MatMul", "attention/context", List.of(weights, values));
    String turned = graph.transposed("attention/context/turned", context, 1, 0, 2);
    String both = graph.node("Concat", "attention/both", List.of(turned, steps), "axis", 2L);
    String combine = graph.parameter(parameters.get("attention.combine.weight"), queue);
    String factor = graph.transposed("attention/combine", combine, 1, 0);
    String combined = graph.node("MatMul", "attention/combined", List.of(both, factor));
    return graph.node("Tanh", "attention/attended", List.of(combined));
  }

  private String embedded(String side, String ids) {
    String table = graph.parameter(parameters.get(side + "_embedding.weight"), queue);
    return graph.node("Gather", side + "/embedded", List.of(table, ids), "axis", 0L);
  }

  private StackGraph stack(
      RecurrentSpec recurrent,
      String path,
      String input,
      @Nullable String lengths,
      @Nullable List<StackGraph.State> initial) {
    return StackGraph.add(graph, recurrent, parameters, queue, path, input, lengths, initial);
  }
}
