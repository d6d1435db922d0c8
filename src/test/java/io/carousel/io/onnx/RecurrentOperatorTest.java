package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes of random numbers, computed by Carousel and by ONNX Runtime. */
class RecurrentOperatorTest {
  private static final double TOLERANCE = 1e-5;
  private static final List<String> DIRECTIONS = List.of("forward", "reverse", "bidirectional");

  static Stream<NodeModel> nodes() {
    List<NodeModel> nodes = new ArrayList<>();
    long seed = 1;
    for (Cell cell : Cell.values()) {
      for (String direction : DIRECTIONS) {
        nodes.add(new NodeModel(cell, direction, 1, 1, 1, 1, seed++));
        nodes.add(new NodeModel(cell, direction, 5, 3, 2, 17, seed++).bias().opset(7));
        nodes.add(new NodeModel(cell, direction, 7, 4, 3, 5, seed++).bias().initial().opset(22));
        nodes.add(new NodeModel(cell, direction, 6, 4, 3, 33, seed++).bias().lengths(2, 6, 1, 4));
        if (cell != Cell.RNN) { // of which ONNX Runtime then reads before its buffer
          nodes.add(
              new NodeModel(cell, direction, 4, 3, 2, 3, seed++).initial().lengths(3, 0, 2).bias());
          nodes.add(new NodeModel(cell, direction, 3, 2, 1, 4, seed++).lengths(0, 0).initial());
        }
        nodes.add(new NodeModel(cell, direction, 4, 2, 3, 4, seed++).bias().wanting("", "Y_h"));
        nodes.add(new NodeModel(cell, direction, 4, 2, 3, 4, seed++).wanting("Y"));
      }
    }
    for (String direction : DIRECTIONS) {
      nodes.add(lstm(direction, seed++).wanting("", "", "Y_c"));
      nodes.add(lstm(direction, seed++).wanting("Y", "", "Y_c").peepholes());
      nodes.add(lstm(direction, seed++).peepholes().initial().lengths(5, 2, 4));
      nodes.add(lstm(direction, seed++).with("input_forget", 1L));
      nodes.add(lstm(direction, seed++).with("input_forget", 1L).peepholes().initial());
      nodes.add(gru(direction, seed++).with("linear_before_reset", 1L).lengths(5, 2, 4));
      nodes.add(gru(direction, seed++).with("linear_before_reset", 0L).initial());
    }
    String[] functions = {
      "Sigmoid",
      "Tanh",
      "Relu",
      "Affine",
      "LeakyRelu",
      "ThresholdedRelu",
      "ScaledTanh",
      "HardSigmoid",
      "Elu",
      "Softsign",
      "Softplus"
    };
    for (int i = 0; i < functions.length; i++) {
      String f = functions[i];
      String g = functions[(i + 3) % functions.length];
      String h = functions[(i + 5) % functions.length];
      // few steps: some of them make states grow without a bound
      NodeModel two = new NodeModel(Cell.LSTM, "bidirectional", 2, 3, 2, 4, seed++).bias();
      nodes.add(withFunctions(two.peepholes(), f, g, h, h, f, g));
      nodes.add(withFunctions(gru("bidirectional", seed++), f, g, h, f).with("clip", 0.3));
      NodeModel rnn = new NodeModel(Cell.RNN, "reverse", 5, 3, 2, 4, seed++);
      nodes.add(withFunctions(rnn, f).with("clip", 1.5));
    }
    nodes.add(withFunctions(gru("reverse", seed++), "HARDSIGMOID", "LeakyRelu"));
    nodes.add(lstm("forward", seed++).with("clip", 0.2).lengths(5, 2, 4).initial());
    nodes.add(lstm("reverse", seed++).with("clip", 0.4).with("input_forget", 1L).peepholes());
    nodes.add(
        lstm("forward", seed++)
            .with("activations", List.of("HardSigmoid", "Elu", "Tanh"))
            .with("input_forget", 1L));
    nodes.add(gru("forward", seed).with("clip", 0.2).with("linear_before_reset", 1L));
    return nodes.stream();
  }

  /** Functions that have numbers get some. */
  private static NodeModel withFunctions(NodeModel node, String... names) {
    double[] alphas = new double[] {};
    double[] betas = new double[] {};
    for (int i = 0; i < names.length; i++) {
      switch (names[i]) {
        case "Affine", "ScaledTanh", "HardSigmoid" -> {
          alphas = with(alphas, 0.7 + 0.05 * i);
          betas = with(betas, 0.3 + 0.1 * i);
        }
        case "LeakyRelu", "ThresholdedRelu", "Elu" -> alphas = with(alphas, 0.1 * (i + 1));
        default -> {}
      }
    }
    return node.with("activations", List.of(names))
        .with("activation_alpha", alphas)
        .with("activation_beta", betas);
  }

  private static double[] with(double[] numbers, double next) {
    double[] more = Arrays.copyOf(numbers, numbers.length + 1);
    more[numbers.length] = next;
    return more;
  }

  private static NodeModel lstm(String direction, long seed) {
    return new NodeModel(Cell.LSTM, direction, 5, 3, 2, 4, seed).bias();
  }

  private static NodeModel gru(String direction, long seed) {
    return new NodeModel(Cell.GRU, direction, 5, 3, 2, 4, seed).bias();
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void agreesWithOnnxRuntime(String name) throws OrtException {
    try (Device device = Devices.open(name)) {
      for (NodeModel node : nodes().toList()) {
        Map<String, OnnxTensor> expected =
            OnnxRuntime.run(OnnxWriter.bytes(node.model()), node.inputs);
        assertOutputs(node.toString(), expected, run(node, device));
      }
    }
  }

  static void assertOutputs(
      String what, Map<String, OnnxTensor> expected, Map<String, OnnxTensor> computed) {
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(computed.keySet()), what);
    expected.forEach(
        (name, tensor) -> {
          OnnxTensor ours = computed.get(name);
          assertEquals(tensor.toString(), ours.toString(), what);
          for (int i = 0; i < tensor.size(); i++) {
            double scale = Math.max(1, Math.abs(tensor.values()[i]));
            assertEquals(
                tensor.values()[i], ours.values()[i], TOLERANCE * scale, what + ": " + name);
          }
        });
  }

  private static Map<String, OnnxTensor> run(NodeModel node, Device device) {
    return new OnnxProgram(node.model()).run(node.inputs, Computing.on(device)).outputs();
  }

  /** ONNX Runtime does not run layout 1: it is layout 0 with other axes. */
  @Test
  void batchFirstIsTimeFirstTurned() {
    try (Device device = Devices.open("reference")) {
      for (NodeModel node : nodes().toList()) {
        if (node.inputs.get("X").size() > 0) {
          Map<String, OnnxTensor> timeFirst = run(node, device);
          Map<String, OnnxTensor> batchFirst = run(node.batchFirst(), device);
          timeFirst.forEach(
              (name, tensor) -> {
                int[] axes = name.equals("Y") ? new int[] {2, 0, 1, 3} : new int[] {1, 0, 2};
                OnnxTensor turned = Axes.transpose(tensor, axes);
                assertTrue(turned.equals(batchFirst.get(name)), () -> node + ": " + name);
              });
        }
      }
    }
  }

  @Test
  void doublesStayDoubles() {
    NodeModel single = lstm("bidirectional", 3).initial();
    try (Device device = Devices.open("reference")) {
      Map<String, OnnxTensor> floats = run(single, device);
      Map<String, OnnxTensor> doubles = run(single.as(OnnxType.DOUBLE), device);
      assertEquals(OnnxType.DOUBLE, doubles.get("Y").type());
      assertArrayEquals(floats.get("Y").values(), doubles.get("Y").values());
    }
  }

  @Test
  void whatIsNotSupportedIsNamed() {
    refused(lstm("forward", 1).with("clip", -1.5), "needs a finite clip from 0 on, got -1.5");
    refused(lstm("forward", 1).with("projection_size", 3L), "'projection_size'");
    refused(lstm("forward", 1).with("linear_before_reset", 1L), "'linear_before_reset'");
    refused(gru("forward", 1).with("input_forget", 1L), "'input_forget'");
    refused(lstm("sideways", 1), "direction 'sideways'");
    refused(lstm("forward", 1).with("layout", 2L), "layout is 2");
    refused(lstm("forward", 1).with("hidden_size", 5L), "hidden_size is 5, R has 4");
    refused(gru("forward", 1).with("activations", List.of("Sigmoid", "Gelu")), "activation Gelu");
    refused(
        gru("forward", 1).with("activations", List.of("Sigmoid", "ScaledTanh")),
        "ScaledTanh needs activation_alpha");
    refused(
        gru("forward", 1)
            .with("activations", List.of("Sigmoid", "Elu"))
            .with("activation_alpha", new double[] {-1}),
        "elu needs an alpha from 0 on, got -1.0");
    refused(gru("forward", 1).with("activations", List.of("Sigmoid")), "1 activations, expected 2");
    refused(gru("forward", 1).with("activation_alpha", new double[] {1}), "more numbers than");
    refused(
        lstm("forward", 1)
            .with("activations", List.of("Tanh", "Tanh", "Tanh"))
            .with("input_forget", 1L),
        "coupled input and forget gates with the function tanh");
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    NodeModel node = lstm("forward", 1);
    node.inputs.put("W", node.random(1, 16, 3));
    refused(node, "W is FLOAT[1, 16, 3], expected [1, 16, 2] for X FLOAT[5, 3, 2]");
    refused(lstm("bidirectional", 1).lengths(5, 6, 1), "length 6 of sequence 1 exceeds the 5");
    refused(lstm("bidirectional", 1).lengths(5, -1, 1), "length of sequence 1 is negative");
    node = lstm("forward", 1);
    node.inputs.put("X", node.random(5, 2));
    refused(node, "X is FLOAT[5, 2], expected 3 axes");
    node = lstm("forward", 1);
    node.inputs.remove("R");
    refused(node, "R is missing");
  }

  private static void refused(NodeModel node, String words) {
    try (Device device = Devices.open("reference")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> run(node, device), words);
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(words), message);
      assertTrue(message.startsWith("the " + node.cell + " that makes [Y, Y_h"), message);
    }
  }

  @Test
  void aNodeIsCalledByItsNameWhereItHasOne() {
    OnnxNode node = new OnnxNode("encoder", "GRU", List.of("X"), List.of("Y"), OnnxAttributes.NONE);
    assertEquals("node 'encoder' (GRU): no", node.problem("no").getMessage());
  }
}
