package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** Graphs to import, and how an import refuses them. */
abstract class ImportFixture {
  private final Random random = new Random(5);

  @TempDir Path folder;

  OnnxTensor random(int... shape) {
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.setAll(values, i -> (float) (random.nextGaussian() * 0.4));
    return OnnxTensor.floats(values, shape);
  }

  Path write(GraphBuilder graph) throws IOException {
    Path file = folder.resolve("model.onnx");
    graph.write("test", file);
    return file;
  }

  /**
   * A batch-first LSTM as PyTorch's exporter writes it: zero states made of the input's shape, and
   * a linear layer on the last step.
   */
  GraphBuilder pyTorch(String direction, boolean last) {
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

  /** A colon, as PyTorch traces it. */
  static String whole(GraphBuilder graph, String x, long axis) {
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

  /** One of an axis, which goes. */
  static String picked(GraphBuilder graph, String x, long index, long axis) {
    String name = x + "/" + index + "of" + axis;
    return graph.node("Gather", name, List.of(x, graph.integer(index)), "axis", axis);
  }

  /** Layers of an LSTM over x [T, N, 3] or [N, T, 3], as y, and their last states as h_n. */
  GraphBuilder layers(int count, boolean bidirectional, boolean batchFirst) {
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

  /** The last state of sequences, as ONNX Runtime finds it. */
  void imported(GraphBuilder graph, boolean batchFirst) throws IOException, OrtException {
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

  /** Asserts that the import names the file and says these words. */
  void refused(GraphBuilder graph, String words) throws IOException {
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
