package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that are well written and mean harm. */
class HostileGraphTest {
  @TempDir Path folder;

  private void refused(GraphBuilder graph, String words) throws IOException {
    Path file = folder.resolve("model.onnx");
    graph.write("test", file);
    try (Device device = Devices.open("reference")) {
      ModelFormatException imported =
          assertThrows(
              ModelFormatException.class, () -> OnnxImport.read(file, device).close(), words);
      String message = String.valueOf(imported.getMessage());
      assertTrue(message.startsWith(file + ": ") && message.contains(words), message);
      OnnxProgram program = OnnxProgram.read(file);
      IllegalArgumentException ran =
          assertThrows(
              IllegalArgumentException.class,
              () -> program.run(Map.of(), Computing.on(device)),
              words);
      assertTrue(String.valueOf(ran.getMessage()).startsWith(words), ran.toString());
    }
  }

  @Test
  void anAxisThatIsCutTwice() throws IOException {
    GraphBuilder graph = new GraphBuilder();
    graph.constant("x", OnnxTensor.floats(new double[6], 2, 3));
    graph.node(
        "Slice",
        "cut",
        List.of("x", graph.integers(1, 2), graph.integers(2, 3), graph.integers(1, -1)));
    refused(graph, "node 'cut' (Slice): axis 1 of FLOAT[2, 3] is cut twice");
  }

  @Test
  void moreAxesThanThereAre() throws IOException {
    GraphBuilder graph = new GraphBuilder();
    graph.constant("x", OnnxTensor.floats(new double[3], 3));
    graph.node("Slice", "cut", List.of("x", graph.integers(0, 0), graph.integers(1, 1)));
    refused(graph, "node 'cut' (Slice): axis 1 of 1");
    graph = new GraphBuilder();
    graph.constant("none", OnnxTensor.floats(new double[0], 0));
    graph.node("Range", "range", List.of("none", "none", "none"));
    refused(graph, "node 'range' (Range): Index 0 out of bounds");
  }

  @Test
  void resultsThatAreSmallEachAndManyTogether() throws IOException {
    GraphBuilder graph = new GraphBuilder();
    String size = graph.integers(1 << 23);
    for (int i = 0; i < 9; i++) {
      graph.node("ConstantOfShape", "zeros" + i, List.of(size));
    }
    refused(
        graph,
        "node 'zeros8' (ConstantOfShape): the results of this run are larger than the 67108864");
  }

  @Test
  void shapesOfTheSameElementsAreFree() throws IOException {
    GraphBuilder graph = new GraphBuilder();
    String x = graph.node("ConstantOfShape", "zeros", List.of(graph.integers(1 << 23)));
    for (int i = 0; i < 20; i++) {
      x = graph.reshaped("shape" + i, x, -1, 2 << (i % 2));
    }
    graph.output("y", x, OnnxType.FLOAT, "n", "k");
    Path file = folder.resolve("model.onnx");
    graph.write("test", file);
    try (Device device = Devices.open("reference")) {
      OnnxTensor y = OnnxProgram.read(file).run(Map.of(), Computing.on(device)).outputs().get("y");
      assertTrue(y.size() == 1 << 23, y.toString());
    }
  }

  /** An importer tries random sequences of the axes that the graph gives its input. */
  @Test
  void axesOfTheInputThatAreHuge() throws IOException {
    GraphBuilder graph = new GraphBuilder();
    graph.input("x", OnnxType.FLOAT, "99999", "99999", "1");
    graph.constant("W", OnnxTensor.floats(new double[3], 1, 3, 1));
    graph.constant("R", OnnxTensor.floats(new double[3], 1, 3, 1));
    graph.node("GRU", "gru", List.of("x", "W", "R"));
    String y = graph.node("Squeeze", "y", List.of("gru", graph.integers(1)));
    graph.constant("factor", OnnxTensor.floats(new double[1], 1, 1));
    String z = graph.node("MatMul", "z", List.of(y, "factor"));
    graph.output("out", z, OnnxType.FLOAT, "t", "n", "1");
    Path file = folder.resolve("model.onnx");
    graph.write("test", file);
    try (Device device = Devices.open("reference")) {
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> OnnxImport.read(file, device).close());
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("[99999, 99999, 3] is larger than the"), message);
    }
  }
}
