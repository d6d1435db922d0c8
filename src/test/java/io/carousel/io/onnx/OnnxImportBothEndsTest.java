package io.carousel.io.onnx;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The last states of both directions, found at the two ends of the outputs. */
class OnnxImportBothEndsTest extends ImportFixture {
  private static String units(GraphBuilder graph, String x, long from, long to, long axis) {
    String name = x + "/" + from + "to" + to;
    return graph.node(
        "Slice", name, List.of(x, graph.integers(from), graph.integers(to), graph.integers(axis)));
  }

  private static void joined(GraphBuilder graph, String there, String back) {
    String both = graph.node("Concat", "both", List.of(there, back), "axis", 1L);
    graph.output("out", both, OnnxType.FLOAT, "n", "8");
  }

  /**
   * cat((y[:, -1, :H], y[:, 0, H:]), 1) of PyTorch's outputs: the last states of both directions.
   */
  @Test
  void theEndsOfBothDirectionsInTheOutputs() throws IOException, OrtException {
    long end = Long.MAX_VALUE;
    for (boolean batchFirst : new boolean[] {false, true}) {
      long time = batchFirst ? 1 : 0;
      for (int layers : new int[] {1, 2}) {
        GraphBuilder steps = layers(layers, true, batchFirst);
        String y = whole(steps, "y", 0);
        joined(
            steps,
            units(steps, picked(steps, y, -1, time), 0, 4, 1),
            units(steps, picked(steps, y, 0, time), 4, end, -1));
        imported(steps, batchFirst);
      }
      GraphBuilder halves = layers(1, true, batchFirst);
      joined(
          halves,
          picked(halves, units(halves, "y", 0, -4, 2), -1, time),
          picked(halves, units(halves, "y", -4, end, -1), 0, time));
      imported(halves, batchFirst);
      GraphBuilder chunks = layers(1, true, batchFirst);
      chunks.node(
          "Split",
          "chunks",
          List.of("y", chunks.integers(4, 4)),
          List.of("there", "back"),
          OnnxAttributes.of("axis", -1L));
      joined(chunks, picked(chunks, "there", -1, time), picked(chunks, "back", 0, time));
      imported(chunks, batchFirst);
    }
  }

  /** Of the outputs of a layer in both directions. */
  private void joinedIsRefused(
      String words,
      BiFunction<GraphBuilder, String, String> there,
      BiFunction<GraphBuilder, String, String> back)
      throws IOException {
    GraphBuilder graph = layers(1, true, false);
    String z = graph.node("Identity", "z", List.of("y"));
    joined(graph, there.apply(graph, "y"), back.apply(graph, z));
    refused(graph, words);
  }

  @Test
  void otherEndsOfBothDirectionsAreRefused() throws IOException {
    BiFunction<GraphBuilder, String, String> there =
        (g, y) -> units(g, picked(g, y, -1, 0), 0, 4, 1);
    BiFunction<GraphBuilder, String, String> back = (g, y) -> units(g, picked(g, y, 0, 0), 4, 8, 1);
    String numbers = "gives other numbers";
    joinedIsRefused(numbers, back, there);
    joinedIsRefused(numbers, there, (g, y) -> units(g, picked(g, y, -1, 0), 4, 8, 1));
    joinedIsRefused(numbers, (g, y) -> units(g, picked(g, y, 0, 0), 0, 4, 1), back);
    joinedIsRefused(numbers, (g, y) -> units(g, picked(g, y, -1, 0), 1, 5, 1), back);
    joinedIsRefused(numbers, (g, y) -> units(g, picked(g, y, -1, 0), 0, 3, 1), back);
    joinedIsRefused(
        "node 'y/-2of0' (Gather): of what a recurrent node gives",
        (g, y) -> units(g, picked(g, y, -2, 0), 0, 4, 1),
        back);
    joinedIsRefused(
        "node 'z/1of0' (Gather): of what a recurrent node gives",
        there,
        (g, y) -> units(g, picked(g, y, 1, 0), 4, 8, 1));
    for (long axis : new long[] {0, 1, -2, -3}) { // steps or sequences
      joinedIsRefused(
          "node 'y/0to100' (Slice): of what a recurrent node gives",
          (g, y) -> picked(g, units(g, y, 0, 100, axis), -1, 0),
          back);
    }
    joinedIsRefused( // sequences again: the axis of steps stays
        "node 'y/kept/0to100' (Slice): of what a recurrent node gives",
        (g, y) ->
            units(g, g.node("Gather", "y/kept", List.of(y, g.integers(-1)), "axis", 0L), 0, 100, 1),
        back);
    joinedIsRefused( // sequences, which lie where units are looked for
        "node 'turned/0to100' (Slice): of what a recurrent node gives",
        (g, y) -> units(g, g.transposed("turned", y, 0, 2, 1), 0, 100, 2),
        back);
    joinedIsRefused(
        "node 'y/-1of0/0to100' (Slice): of what a recurrent node gives",
        (g, y) -> units(g, picked(g, y, -1, 0), 0, 100, 0),
        back);
  }
}
