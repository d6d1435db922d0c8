package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxImportTest {
  private final Random random = new Random(5);

  @TempDir Path folder;

  private OnnxTensor random(int... shape) {
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.setAll(values, i -> (float) (random.nextGaussian() * 0.4));
    return OnnxTensor.floats(values, shape);
  }

  private Path write(GraphBuilder graph) throws IOException {
    Path file = folder.resolve("model.onnx");
    graph.write("test", file);
    return file;
  }

  @Test
  void whatWasExportedComesBackBitForBit() throws IOException {
    List<SequenceModelBuilder> models =
        List.of(
            SequenceModel.around(Lstm.builder(3, 5).layers(2).bidirectional(true)).head(2),
            SequenceModel.around(Lstm.builder(3, 5).peephole(true).coupledInputForget(true)),
            SequenceModel.around(Lstm.builder(3, 5)).readout(Readout.LAST_CELL).head(3),
            SequenceModel.around(Lstm.builder(5, 5)).embedding(7).tiedHead(),
            SequenceModel.around(Gru.builder(3, 4).layers(3)).readout(Readout.LAST_STATE),
            SequenceModel.around(Gru.builder(3, 4).resetAfter(false)).embedding(6).head(6),
            SequenceModel.around(Rnn.builder(3, 4).activation(Activation.RELU))
                .outputActivation(Activation.SIGMOID));
    Path file = folder.resolve("model.onnx");
    try (Device device = Devices.open("cpu")) {
      for (SequenceModelBuilder builder : models) {
        for (OnnxExport.Options options :
            List.of(
                OnnxExport.Options.PLAIN,
                new OnnxExport.Options(true, false, true),
                new OnnxExport.Options(true, true, false),
                new OnnxExport.Options(false, true, true))) {
          try (SequenceModel model = builder.build(device, 3)) {
            OnnxExport.write(model, options, Map.of(), file);
            try (SequenceModel back = OnnxImport.read(file, device)) {
              assertEquals(model.spec(), back.spec());
              model
                  .parameters()
                  .forEach(
                      p ->
                          assertArrayEquals(
                              p.downloadFloats(model.queue()),
                              back.parameters().get(p.path()).downloadFloats(back.queue()),
                              p.path()));
            }
          }
        }
      }
    }
  }

  /**
   * A batch-first LSTM as PyTorch's exporter writes it: zero states made of the input's shape, and
   * a linear layer on the last step.
   */
  private GraphBuilder pyTorch(String direction, boolean last) {
    int d = direction.equals("bidirectional") ? 2 : 1;
    GraphBuilder graph = new GraphBuilder();
    graph.input("x", OnnxType.FLOAT, "batch", "seq", "3");
    String turned = graph.transposed("/Transpose", "x", 1, 0, 2);
    String n = graph.sizeOf("/Gather", "x", 0);
    String size = graph.unsqueezed("/Unsqueeze", n, 0);
    String shape =
        graph.node(
            "Concat", "/Concat", List.of(graph.integers(d), size, graph.integers(4)), "axis", 0L);
    String zeros = graph.node("ConstantOfShape", "/ConstantOfShape", List.of(shape));
    String w = graph.constant("W", random(d, 16, 3));
    String r = graph.constant("R", random(d, 16, 4));
    String b = graph.constant("B", random(d, 32));
    graph.node(
        "LSTM",
        "/lstm/LSTM",
        List.of(turned, w, r, b, "", zeros, zeros),
        List.of("y", "h", "c"),
        OnnxAttributes.of("hidden_size", 4L, "direction", direction));
    String swapped = graph.transposed("/Transpose_1", "y", 0, 2, 1, 3);
    String steps = graph.reshaped("/Reshape", swapped, 0, 0, -1);
    String rows = graph.transposed("/Transpose_2", steps, 1, 0, 2);
    if (last) {
      rows = graph.node("Gather", "/Last", List.of(rows, graph.integer(-1)), "axis", 1L);
    }
    String weight = graph.constant("fc.weight", random(2, 4 * d));
    String bias = graph.constant("fc.bias", random(2));
    String y =
        last
            ? graph.node("Gemm", "/fc/Gemm", List.of(rows, weight, bias), "transB", 1L)
            : graph.node(
                "Add",
                "/fc/Add",
                List.of(
                    bias,
                    graph.node(
                        "MatMul",
                        "/fc/MatMul",
                        List.of(rows, graph.transposed("/fc/T", weight, 1, 0)))));
    if (last) {
      graph.output("out", y, OnnxType.FLOAT, "batch", "2");
    } else {
      graph.output("out", y, OnnxType.FLOAT, "batch", "seq", "2");
    }
    return graph;
  }

  @Test
  void graphsOfPyTorchsExporter() throws IOException, OrtException {
    for (String direction : List.of("forward", "bidirectional")) {
      for (boolean last : new boolean[] {false, true}) {
        if (!last || direction.equals("forward")) {
          GraphBuilder graph = pyTorch(direction, last);
          OnnxTensor x = random(6, 4, 3); // [T, N, I]
          Map<String, OnnxTensor> expected =
              OnnxRuntime.run(
                  OnnxWriter.bytes(graph.model("test")), Map.of("x", Axes.transpose(x, 1, 0, 2)));
          try (Device device = Devices.open("cpu");
              SequenceModel model = OnnxImport.read(write(graph), device)) {
            assertEquals(last ? Readout.LAST_STATE : Readout.EVERY_STEP, model.spec().readout());
            float[] y =
                model.predict(SequenceBatch.ofFeatures(PackedShape.dense(6, 4), 3, x.floats()));
            OnnxTensor theirs = expected.get("out");
            float[] values = last ? theirs.floats() : Axes.transpose(theirs, 1, 0, 2).floats();
            assertArrayEquals(values, y, 1e-5f, direction);
          }
        }
      }
    }
  }

  /** Two layers, their states from the inputs of these names, nothing after them. */
  private GraphBuilder stack(String first, String second) {
    GraphBuilder graph = new GraphBuilder();
    graph.input("x", OnnxType.FLOAT, "seq", "batch", "3");
    for (String name : new TreeSet<>(List.of(first, second))) {
      graph.input(name, OnnxType.FLOAT, "2", "batch", "4");
    }
    graph.constant("W0", random(1, 4, 3));
    graph.constant("W1", random(1, 4, 4));
    graph.constant("R", random(1, 4, 4));
    String h =
        graph.node(
            "Slice", "h", List.of(first, graph.integers(0), graph.integers(1), graph.integers(0)));
    graph.node("RNN", "first", List.of("x", "W0", "R", "", "", h), "hidden_size", 4L);
    String y = graph.node("Squeeze", "between", List.of("first", graph.integers(1)));
    h =
        graph.node(
            "Slice", "g", List.of(second, graph.integers(1), graph.integers(2), graph.integers(0)));
    graph.node("RNN", "second", List.of(y, "W1", "R", "", "", h), "hidden_size", 4L);
    graph.output("out", "second", OnnxType.FLOAT, "seq", "1", "batch", "4");
    return graph;
  }

  @Test
  void aStackAloneWithItsStates() throws IOException, OrtException {
    GraphBuilder graph = stack("h0", "h0");
    OnnxTensor x = random(6, 5, 3);
    OnnxTensor h0 = random(2, 5, 4);
    Map<String, OnnxTensor> expected =
        OnnxRuntime.run(OnnxWriter.bytes(graph.model("test")), Map.of("x", x, "h0", h0));
    try (Device device = Devices.open("cpu");
        SequenceModel model = OnnxImport.read(write(graph), device);
        RecurrentState state = model.newState(5)) {
      assertEquals(4, model.spec().outputs());
      model.queue().upload(h0.floats(), 0, state.h());
      float[] y =
          model.predict(SequenceBatch.ofFeatures(PackedShape.dense(6, 5), 3, x.floats()), state);
      assertArrayEquals(expected.get("out").floats(), y, 1e-5f);
    }
  }

  @Test
  void whatIsNoSuchModelIsRefusedByName() throws IOException {
    refused(pyTorch("bidirectional", true), "gives other numbers");
    GraphBuilder reverse = pyTorch("reverse", false);
    refused(reverse, "node '/lstm/LSTM' (LSTM): direction 'reverse' alone");
    GraphBuilder softmax = pyTorch("forward", true);
    softmax.output("p", softmax.node("Softmax", "/Softmax", List.of("out")), OnnxType.FLOAT, "n");
    refused(softmax, "node '/Softmax' (Softmax): a model of Carousel gives what goes into this");
    GraphBuilder second = pyTorch("forward", true);
    second.node("MatMul", "/fc2", List.of("out", second.constant("w2", random(2, 2))));
    refused(second, "node '/fc2' (MatMul): one linear layer");
    GraphBuilder states = pyTorch("forward", true);
    states.input("h0", OnnxType.FLOAT, "1", "batch", "4");
    refused(states, "input 'h0' is neither the sequences nor their lengths nor initial states");
    refused(
        stack("h0", "h1"), "node 'second' (RNN): initial_h and initial_c come from inputs [h0,");
    GraphBuilder empty = new GraphBuilder();
    empty.input("x", OnnxType.FLOAT, "t", "n", "3");
    empty.output("y", "x", OnnxType.FLOAT, "t", "n", "3");
    refused(empty, "the graph has no RNN, LSTM or GRU");
  }

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

  private static String whole(GraphBuilder graph, String x, long axis) {
    return graph.node(
        "Slice",
        x + "/all" + axis,
        List.of(
            x,
            graph.integers(0),
            graph.integers(axis == 0 ? Integer.MAX_VALUE : Long.MAX_VALUE),
            graph.integers(axis),
            graph.integers(1)));
  }

  private static String picked(GraphBuilder graph, String x, long index, long axis) {
    String name = x + "/" + index + "of" + axis;
    return graph.node("Gather", name, List.of(x, graph.integer(index)), "axis", axis);
  }

  /** Layers of an LSTM over x [T, N, 3] or [N, T, 3], as y, and their last states as h_n. */
  private GraphBuilder layers(int count, boolean bidirectional, boolean batchFirst) {
    int d = bidirectional ? 2 : 1;
    GraphBuilder graph = new GraphBuilder();
    graph.input("x", OnnxType.FLOAT, batchFirst ? "batch" : "seq", batchFirst ? "seq" : "n", "3");
    String x = batchFirst ? graph.transposed("x/steps", "x", 1, 0, 2) : "x";
    String[] ends = new String[count];
    for (int k = 0; k < count; k++) {
      String w = graph.constant("W" + k, random(d, 16, k == 0 ? 3 : 4 * d));
      String r = graph.constant("R" + k, random(d, 16, 4));
      ends[k] = "h" + k;
      graph.node(
          "LSTM",
          "lstm" + k,
          List.of(x, w, r),
          List.of("Y" + k, ends[k]),
          OnnxAttributes.of(
              "hidden_size", 4L, "direction", bidirectional ? "bidirectional" : "forward"));
      x = graph.reshaped("rows" + k, graph.transposed("T" + k, "Y" + k, 0, 2, 1, 3), 0, 0, -1);
    }
    String y = batchFirst ? graph.transposed("turned", x, 1, 0, 2) : x;
    graph.node("Identity", "y", List.of(y));
    graph.node("Concat", "h_n", List.of(ends), "axis", 0L);
    return graph;
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

  /** The last state of sequences, as ONNX Runtime finds it. */
  private void imported(GraphBuilder graph, boolean batchFirst) throws IOException, OrtException {
    OnnxTensor x = random(6, 5, 3);
    OnnxTensor given = batchFirst ? Axes.transpose(x, 1, 0, 2) : x;
    OnnxTensor expected =
        OnnxRuntime.run(OnnxWriter.bytes(graph.model("test")), Map.of("x", given)).get("out");
    try (Device device = Devices.open("cpu");
        SequenceModel model = OnnxImport.read(write(graph), device)) {
      assertEquals(Readout.LAST_STATE, model.spec().readout());
      SequenceBatch batch = SequenceBatch.ofFeatures(PackedShape.dense(6, 5), 3, x.floats());
      assertArrayEquals(expected.floats(), model.predict(batch), 1e-5f);
    }
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

  /** Rectified, without a recurrent part. */
  private GraphBuilder constant(double weight) {
    GraphBuilder graph = new GraphBuilder();
    graph.input("x", OnnxType.FLOAT, "seq", "batch", "3");
    double[] values = new double[12];
    Arrays.fill(values, weight);
    graph.constant("W", OnnxTensor.floats(values, 1, 4, 3));
    graph.constant("R", OnnxTensor.floats(new double[16], 1, 4, 4));
    graph.node(
        "RNN",
        "rnn",
        List.of("x", "W", "R"),
        List.of("y"),
        OnnxAttributes.of("hidden_size", 4L, "activations", List.of("Relu")));
    graph.output("out", "y", OnnxType.FLOAT, "seq", "1", "batch", "4");
    return graph;
  }

  @Test
  void weightsWithoutFiniteAnswersAreRefused() throws IOException {
    refused(constant(Double.NaN), "gives other numbers, or none that are finite");
    refused(constant(3e38), "gives other numbers, or none that are finite");
    try (Device device = Devices.open("cpu")) { // of large numbers alone
      OnnxImport.read(write(constant(1e37)), device).close();
    }
  }

  private void refused(GraphBuilder graph, String words) throws IOException {
    Path file = write(graph);
    try (Device device = Devices.open("cpu")) {
      ModelFormatException e =
          assertThrows(
              ModelFormatException.class, () -> OnnxImport.read(file, device).close(), words);
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(file + ": ") && message.contains(words), message);
    }
  }
}
