package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Operators that choose: in the forms that a model has, and in others. */
class OnnxImportChoiceTest extends ImportFixture {
  /** An LSTM over what is made of the sequences [T, N, 3], a linear layer on its last state. */
  private GraphBuilder around(
      BiFunction<GraphBuilder, String, String> before,
      BiFunction<GraphBuilder, String, String> between) {
    GraphBuilder graph = new GraphBuilder();
    String x = before.apply(graph, graph.input("x", OnnxType.FLOAT, "seq", "batch", "3"));
    graph.constant("W", random(1, 16, 3));
    graph.constant("R", random(1, 16, 4));
    graph.node(
        "LSTM",
        "lstm",
        List.of(x, "W", "R"),
        List.of("y", "h"),
        OnnxAttributes.of("hidden_size", 4L));
    String h = graph.node("Squeeze", "h/rows", List.of("h", graph.integers(0)));
    h = between.apply(graph, h);
    String weight = graph.constant("out.weight", random(4, 2));
    graph.output("out", graph.node("MatMul", "out/product", List.of(h, weight)), OnnxType.FLOAT);
    return graph;
  }

  private static String sliced(GraphBuilder graph, String x, long from, long to, long axis) {
    return graph.node(
        "Slice", "cut", List.of(x, graph.integers(from), graph.integers(to), graph.integers(axis)));
  }

  private static String bounded(GraphBuilder graph, String x, double bound) {
    String small = graph.node("Less", "small", List.of(x, graph.number(bound)));
    return graph.node("Where", "chosen", List.of(small, x, graph.number(0)));
  }

  /** What a few short sequences of small numbers do not show. */
  @Test
  void whatChoosesByPlaceOrSizeIsRefusedByName() throws IOException {
    BiFunction<GraphBuilder, String, String> nothing = (graph, x) -> x;
    try (Device device = Devices.open("cpu")) {
      OnnxImport.read(write(around(nothing, nothing)), device).close();
    }
    long end = Long.MAX_VALUE;
    refused(
        around((g, x) -> sliced(g, x, -8, end, 0), nothing),
        "node 'cut' (Slice): of the sequences, it is not part of a model");
    refused(
        around((g, x) -> sliced(g, x, -100, end, 0), nothing), "node 'cut' (Slice): of the sequ");
    refused(around((g, x) -> bounded(g, x, 100), nothing), "node 'small' (Less): of the sequences");
    refused(around((g, x) -> bounded(g, x, 1e7), nothing), "node 'small' (Less): of the sequences");
    refused(
        around(nothing, (g, h) -> sliced(g, h, 0, 8, 0)),
        "node 'cut' (Slice): of what a recurrent node gives");
    refused(around(nothing, (g, h) -> bounded(g, h, 1)), "node 'small' (Less): of what a recur");
    refused(
        around((g, x) -> g.node("Gather", "step", List.of(x, g.integers(0, 1, 2))), nothing),
        "node 'step' (Gather): of the sequences");
    refused(
        around(
            (g, x) -> g.node("Expand", "spread", List.of(x, g.node("Shape", "shape", List.of(x)))),
            nothing),
        "node 'spread' (Expand): of the sequences");
    refused(
        around((g, x) -> g.node("Concat", "twice", List.of(x, x), "axis", 0L), nothing),
        "node 'twice' (Concat): of the sequences");
  }

  /** The last step, a direction and a layer are chosen in these forms. */
  @Test
  void theFormsOfAChoiceThatModelsHave() throws IOException {
    GraphBuilder step = pyTorch("forward", false);
    GraphBuilder again = new GraphBuilder();
    again.input("x", OnnxType.FLOAT, "seq", "batch", "3");
    again.constant("W", random(2, 16, 3));
    again.constant("R", random(2, 16, 4));
    again.node(
        "LSTM",
        "lstm",
        List.of("x", "W", "R"),
        List.of("y", "h"),
        OnnxAttributes.of("hidden_size", 4L, "direction", "bidirectional"));
    String there = again.node("Gather", "there", List.of("h", again.integer(-2)), "axis", 0L);
    String back = again.node("Gather", "back", List.of("h", again.integer(-1)), "axis", 0L);
    again.output(
        "out", again.node("Concat", "both", List.of(there, back), "axis", 1L), OnnxType.FLOAT);
    GraphBuilder cut = around((g, x) -> x, (g, h) -> h);
    GraphBuilder last = new GraphBuilder();
    last.input("x", OnnxType.FLOAT, "seq", "batch", "3");
    last.constant("W", random(1, 16, 3));
    last.constant("R", random(1, 16, 4));
    last.node("LSTM", "y", List.of("x", "W", "R"), "hidden_size", 4L);
    String y = last.node("Squeeze", "rows", List.of("y", last.integers(1)));
    last.output("out", sliced(last, y, -1, Long.MAX_VALUE, 0), OnnxType.FLOAT);
    List<Readout> readouts =
        List.of(Readout.EVERY_STEP, Readout.LAST_STATE, Readout.LAST_STATE, Readout.LAST_STATE);
    try (Device device = Devices.open("cpu")) {
      int i = 0;
      for (GraphBuilder graph : List.of(step, again, cut, last)) {
        try (SequenceModel model = OnnxImport.read(write(graph), device)) {
          assertEquals(readouts.get(i++), model.spec().readout());
        }
      }
    }
  }

  /** A colon is a Slice over the whole axis in PyTorch's traces: it chooses nothing. */
  @Test
  void wholeAxesAsPyTorchTracesThem() throws IOException, OrtException {
    for (boolean batchFirst : new boolean[] {false, true}) {
      long time = batchFirst ? 1 : 0;
      // out[:, -1, :] or out[-1, :, :]
      GraphBuilder step = layers(1, false, batchFirst);
      String y = batchFirst ? whole(step, "y", 0) : "y";
      y = picked(step, y, -1, time);
      y = whole(step, batchFirst ? y : whole(step, y, 0), 1);
      step.output("out", y, OnnxType.FLOAT, "n", "4");
      imported(step, batchFirst);
      // h_n[-1, :, :]
      GraphBuilder state = layers(2, false, batchFirst);
      String h = whole(state, whole(state, picked(state, "h_n", -1, 0), 0), 1);
      state.output("out", h, OnnxType.FLOAT, "n", "4");
      imported(state, batchFirst);
      // cat((h_n[-2, :, :], h_n[-1, :, :]), 1)
      GraphBuilder both = layers(2, true, batchFirst);
      String there = whole(both, whole(both, picked(both, "h_n", -2, 0), 0), 1);
      String back = whole(both, whole(both, picked(both, "h_n", -1, 0), 0), 1);
      both.output(
          "out",
          both.node("Concat", "both", List.of(there, back), "axis", 1L),
          OnnxType.FLOAT,
          "n",
          "8");
      imported(both, batchFirst);
      // h_n.view(2, 2, N, 4)[-1, 0] and [-1, 1]
      GraphBuilder view = layers(2, true, batchFirst);
      String last = picked(view, view.reshaped("view", "h_n", 2, 2, -1, 4), -1, 0);
      view.output(
          "out",
          view.node(
              "Concat",
              "both",
              List.of(picked(view, last, 0, 0), picked(view, last, -1, 0)),
              "axis",
              1L),
          OnnxType.FLOAT,
          "n",
          "8");
      imported(view, batchFirst);
      // of Y [T, 2, N, 4] the last step there, the first one back, each in one Slice
      GraphBuilder ends = layers(1, true, batchFirst);
      there = cut(ends, "there", List.of(-1L, 0L, 0L), List.of(Long.MAX_VALUE, 1L, Long.MAX_VALUE));
      back = cut(ends, "back", List.of(0L, 1L, 0L), List.of(1L, 2L, Long.MAX_VALUE));
      ends.output(
          "out",
          ends.node("Concat", "both", List.of(there, back), "axis", 1L),
          OnnxType.FLOAT,
          "n",
          "8");
      imported(ends, batchFirst);
    }
  }

  /** Of Y, axes 0 to 2, as rows [N, 4]. */
  private static String cut(GraphBuilder graph, String name, List<Long> from, List<Long> to) {
    String part =
        graph.node(
            "Slice",
            name,
            List.of(
                "Y0",
                graph.integers(from.stream().mapToLong(i -> i).toArray()),
                graph.integers(to.stream().mapToLong(i -> i).toArray())));
    return graph.node("Squeeze", name + "/rows", List.of(part, graph.integers(0, 1)));
  }

  /** The trials find the first step where the last one is meant, and half an axis is no whole. */
  @Test
  void theFirstStepAndHalfAnAxisAreRefused() throws IOException {
    for (boolean batchFirst : new boolean[] {false, true}) {
      long time = batchFirst ? 1 : 0;
      GraphBuilder first = layers(1, false, batchFirst);
      first.output("out", picked(first, "y", 0, time), OnnxType.FLOAT, "n", "4");
      refused(first, "gives other numbers");
      GraphBuilder tail = layers(1, false, batchFirst);
      tail.output("out", sliced(tail, "y", 1, Long.MAX_VALUE, time), OnnxType.FLOAT);
      refused(tail, "node 'cut' (Slice): of what a recurrent node gives");
      GraphBuilder head = layers(1, false, batchFirst);
      head.output("out", sliced(head, "y", 0, 1000, time), OnnxType.FLOAT);
      refused(head, "node 'cut' (Slice): of what a recurrent node gives");
      GraphBuilder one = layers(1, true, batchFirst);
      cut(one, "cut", List.of(0L, 1L, 0L), List.of(8L, 2L, Long.MAX_VALUE));
      refused(one, "node 'cut' (Slice): of what a recurrent node gives");
    }
  }
}
