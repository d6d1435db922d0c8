package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.TestData;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.TensorDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The recurrent nodes of the ONNX project's own tests, and many more of random numbers, against
 * plain loops that follow the operators' documents.
 */
class OnnxSuiteTest {
  @TempDir Path folder;

  /** The loops are right where the ONNX project says what is right. */
  @Test
  void plainLoopsReproduceTheOnnxProjectsOwnNumbers() throws IOException {
    try (Stream<Path> folders = Files.list(TestData.require("onnx-rnn-node-tests"))) {
      List<Path> tests = folders.filter(OnnxNodeTest::isIn).toList();
      assertFalse(tests.isEmpty());
      for (Path test : tests) {
        OnnxModel model = OnnxReader.model(test.resolve("model.onnx"));
        Path data = test.resolve("test_data_set_0");
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < model.graph().inputs().size(); i++) {
          inputs.put(
              model.graph().inputs().get(i).name(),
              OnnxReader.tensor(data.resolve("input_" + i + ".pb")));
        }
        Map<String, OnnxTensor> outputs = PlainRecurrence.run(model, inputs);
        OnnxTensor expected = OnnxReader.tensor(data.resolve("output_0.pb"));
        assertNear(test.toString(), expected, outputs.values().iterator().next(), 1e-6);
      }
    }
  }

  /** The shapes and constants of the project's twelve tests; its random weights are others. */
  private static Map<String, NodeModel> suite() {
    Map<String, NodeModel> suite = new LinkedHashMap<>();
    for (Cell cell : Cell.values()) {
      String name =
          cell == Cell.RNN ? "test_simple_rnn" : "test_" + cell.name().toLowerCase(Locale.ROOT);
      int[] h = // of the tests in turn
          switch (cell) {
            case RNN -> new int[] {4, 5, 5, 4};
            case LSTM -> new int[] {3, 4, 3, 7};
            case GRU -> new int[] {5, 3, 5, 6};
          };
      double batchwise = cell == Cell.RNN ? 0.5 : cell == Cell.LSTM ? 0.3 : 0.2;
      suite.put(name + "_defaults", constant(cell, 1, 3, 2, h[0], 0.1));
      NodeModel bias = constant(cell, 1, 3, 3, h[1], 0.1);
      double[] b = new double[2 * cell.gates() * h[1]];
      Arrays.fill(b, 0, b.length / 2, 0.1);
      bias.inputs.put("B", OnnxTensor.floats(b, 1, b.length));
      suite.put(name + "_with_initial_bias", bias);
      if (cell == Cell.LSTM) {
        NodeModel peepholes = constant(cell, 1, 2, 4, h[2], 0.1).lengths(1, 1);
        peepholes.inputs.put("B", OnnxTensor.floats(new double[24], 1, 24));
        peepholes.inputs.put("initial_h", OnnxTensor.floats(new double[6], 1, 2, 3));
        peepholes.inputs.put("initial_c", OnnxTensor.floats(new double[6], 1, 2, 3));
        peepholes.inputs.put("P", filled(0.1, 1, 9));
        suite.put("test_lstm_with_peepholes", peepholes);
      } else {
        NodeModel random = new NodeModel(cell, "forward", 2, 3, 3, h[2], 5).bias();
        random.inputs.put("X", counted(2, 3, 3));
        suite.put(name.replace("simple_", "") + "_seq_length", random.wanting("", "Y_h"));
      }
      NodeModel turned = constant(cell, 1, 3, 2, h[3], batchwise).wanting("Y", "Y_h");
      suite.put(name + "_batchwise", turned.batchFirst());
    }
    return suite;
  }

  private static NodeModel constant(Cell cell, int t, int n, int i, int h, double weight) {
    NodeModel node = new NodeModel(cell, "forward", t, n, i, h, 1).wanting("", "Y_h");
    node.inputs.put("X", counted(t, n, i));
    node.inputs.put("W", filled(weight, 1, cell.gates() * h, i));
    node.inputs.put("R", filled(weight, 1, cell.gates() * h, h));
    return node;
  }

  private static OnnxTensor filled(double value, int... shape) {
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.fill(values, (float) value);
    return OnnxTensor.floats(values, shape);
  }

  /** 1, 2, 3, … */
  private static OnnxTensor counted(int... shape) {
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.setAll(values, i -> i + 1);
    return OnnxTensor.floats(values, shape);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void testsOfTheOnnxProjectBuiltAnewPass(String device) throws IOException, OrtException {
    Map<String, NodeModel> suite = suite();
    assertEquals(12, suite.size());
    try (Device opened = Devices.open(device)) {
      for (Map.Entry<String, NodeModel> test : suite.entrySet()) {
        NodeModel node = test.getValue();
        Map<String, OnnxTensor> expected = PlainRecurrence.run(node.model(), node.inputs);
        if (!test.getKey().endsWith("batchwise")) { // which ONNX Runtime refuses
          OnnxRuntime.run(OnnxWriter.bytes(node.model()), node.inputs)
              .forEach((y, theirs) -> assertNear(test.getKey(), theirs, expected.get(y), 1e-6));
        }
        Path written = folder.resolve(test.getKey());
        OnnxNodeTestTest.write(written, node, expected);
        for (TensorDifference difference :
            OnnxNodeTest.read(written).run(Computing.on(opened)).differences()) {
          assertTrue(difference.isWithin(1e-6), test.getKey() + ": " + difference);
        }
      }
    }
  }

  private static Stream<NodeModel> nodes() {
    List<NodeModel> more = new ArrayList<>();
    for (String direction : List.of("forward", "reverse", "bidirectional")) {
      for (Cell cell : Cell.values()) {
        NodeModel all = new NodeModel(cell, direction, 4, 5, 3, 6, 77).bias().initial();
        more.add(all.lengths(3, 0, 4, 1, 2).with("clip", 0.7));
        more.add(new NodeModel(cell, direction, 3, 2, 2, 4, 78).lengths(0, 0).initial());
        more.add(new NodeModel(cell, direction, 3, 2, 2, 4, 79).constant().wanting("", "Y_h"));
      }
      more.add(
          new NodeModel(Cell.LSTM, direction, 4, 3, 2, 5, 80)
              .bias()
              .initial()
              .peepholes()
              .lengths(4, 1, 3)
              .wanting("Y", "", "Y_c"));
    }
    return Stream.concat(RecurrentOperatorTest.nodes(), more.stream());
  }

  /** Both layouts and both types of numbers: what ONNX Runtime does not run too. */
  @Test
  void everyOptionInBothLayoutsAndTypes() {
    int compared = 0;
    try (Device device = Devices.open("reference")) {
      for (NodeModel node : nodes().toList()) {
        for (int variant = 0; variant < 4; variant++) {
          if (variant == 2) {
            node.batchFirst();
          }
          node.as(variant % 2 == 0 ? OnnxType.FLOAT : OnnxType.DOUBLE);
          Map<String, OnnxTensor> expected = PlainRecurrence.run(node.model(), node.inputs);
          Map<String, OnnxTensor> computed =
              new OnnxProgram(node.model()).run(node.inputs, Computing.on(device)).outputs();
          assertEquals(List.copyOf(expected.keySet()), List.copyOf(computed.keySet()));
          expected.forEach(
              (y, tensor) -> assertNear(node + " " + y, tensor, computed.get(y), 1e-12));
          compared += expected.size();
        }
      }
    }
    assertTrue(compared > 1_000, compared + " compared");
  }

  private static void assertNear(String what, OnnxTensor expected, OnnxTensor ours, double limit) {
    assertEquals(expected.toString(), ours.toString(), what);
    double[] values = expected.values();
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], ours.values()[i], limit * Math.max(1, Math.abs(values[i])), what);
    }
  }
}
