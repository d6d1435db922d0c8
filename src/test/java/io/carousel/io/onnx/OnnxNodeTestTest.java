package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import io.carousel.OnnxRuntime;
import io.carousel.TestData;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import io.carousel.io.TensorDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxNodeTestTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void testsOfTheOnnxProjectPass(String name) throws IOException {
    Path all = TestData.require("onnx-rnn-node-tests");
    try (Device device = Devices.open(name);
        Stream<Path> folders = Files.list(all)) {
      List<Path> tests = folders.filter(OnnxNodeTest::isIn).toList();
      assertTrue(tests.size() >= 6, tests.toString());
      for (Path test : tests) {
        OnnxNodeTest.Result result = OnnxNodeTest.read(test).run(Computing.on(device));
        assertFalse(result.differences().isEmpty());
        for (TensorDifference difference : result.differences()) {
          assertTrue(difference.isWithin(1e-6), test + ": " + difference);
        }
      }
    }
  }

  /** Writes a test as the ONNX project lays it out, its outputs those of ONNX Runtime. */
  static void write(Path folder, NodeModel node) throws IOException, OrtException {
    write(folder, node, OnnxRuntime.run(OnnxWriter.bytes(node.model()), node.inputs));
  }

  /** Writes a test as the ONNX project lays it out. */
  static void write(Path folder, NodeModel node, Map<String, OnnxTensor> outputs)
      throws IOException {
    Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
    OnnxWriter.write(node.model(), folder.resolve("model.onnx"));
    writeAll(data, "input_", node.inputs(), true);
    writeAll(data, "output_", outputs, false);
  }

  private static void writeAll(
      Path folder, String prefix, Map<String, OnnxTensor> tensors, boolean raw) throws IOException {
    int i = 0;
    for (Map.Entry<String, OnnxTensor> tensor : tensors.entrySet()) {
      TensorProto proto = TensorProtos.write(tensor.getKey(), tensor.getValue());
      Files.write(folder.resolve(prefix + i++ + ".pb"), (raw ? proto : typed(proto)).toByteArray());
    }
  }

  /** The same tensor with its elements in a field of their own type. */
  private static TensorProto typed(TensorProto raw) {
    TensorProto.Builder typed = raw.toBuilder().clearRawData();
    for (double value : TensorProtos.read(raw).values()) {
      typed.addFloatData((float) value);
    }
    return typed.build();
  }

  private OnnxNodeTest.Result run() throws IOException {
    try (Device device = Devices.open("reference")) {
      return OnnxNodeTest.read(folder).run(Computing.on(device));
    }
  }

  private static NodeModel lstm() {
    return new NodeModel(Cell.LSTM, "bidirectional", 4, 3, 2, 5, 7).bias().lengths(4, 1, 3);
  }

  @Test
  void severalDataSetsAndOutputs() throws IOException, OrtException {
    write(folder, lstm());
    Path second = Files.createDirectories(folder.resolve("test_data_set_1"));
    try (Stream<Path> files = Files.list(folder.resolve("test_data_set_0"))) {
      for (Path file : files.toList()) {
        Files.copy(file, second.resolve(file.getFileName()));
      }
    }
    OnnxNodeTest.Result result = run();
    assertEquals(
        List.of("Y", "Y_h", "Y_c").stream()
            .flatMap(y -> Stream.of("test_data_set_0 " + y, "test_data_set_1 " + y))
            .sorted()
            .toList(),
        result.differences().stream().map(TensorDifference::tensor).sorted().toList());
    assertTrue(result.differences().stream().allMatch(d -> d.isWithin(1e-6)));
    assertEquals("stepwise", result.kernels());
  }

  @Test
  void aWrongNumberIsSeen() throws IOException, OrtException {
    write(folder, lstm());
    Path file = folder.resolve("test_data_set_0/output_1.pb");
    TensorProto.Builder output = TensorProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    output.setFloatData(3, output.getFloatData(3) + 1e-3f);
    Files.write(file, output.build().toByteArray());
    List<TensorDifference> differences = run().differences();
    assertTrue(differences.get(0).isWithin(1e-6));
    assertEquals(1e-3, differences.get(1).absolute(), 1e-6);
  }

  @Test
  void filesThatDoNotFitAreRefusedByName() throws IOException, OrtException {
    refused("no ONNX node test: there is no model.onnx in it");
    write(folder, lstm());
    Path data = folder.resolve("test_data_set_0");
    Path output = data.resolve("output_0.pb");
    byte[] good = Files.readAllBytes(output);
    Files.write(output, new byte[] {1, 2, 3});
    refused("output_0.pb: no ONNX tensor: ");
    TensorProto proto = TensorProto.parseFrom(good);
    Files.write(output, proto.toBuilder().setDims(0, 5).build().toByteArray());
    refused("output_0.pb: tensor 'Y': it holds 120 elements, its shape has 150");
    Files.write(output, proto.toBuilder().setDims(0, 1L << 40).build().toByteArray());
    refused("output_0.pb: tensor 'Y': integer overflow");
    Files.write(output, proto.toBuilder().setDataType(10).build().toByteArray());
    refused("tensor 'Y': element type FLOAT16 is not supported, these are: FLOAT, DOUBLE");
    Files.write(
        output,
        proto.toBuilder().setDataLocation(TensorProto.DataLocation.EXTERNAL).build().toByteArray());
    refused("tensor 'Y': its data lies in another file (external data), which is not supported");
    Files.write(output, good);
    Files.move(output, data.resolve("output_7.pb"));
    refused("output_7.pb: the graph has 3 of these");
    Files.move(data.resolve("output_7.pb"), data.resolve("output_x.pb"));
    refused("output_x.pb: expected a name like output_0.pb");
    Files.move(data.resolve("output_x.pb"), output);
    Files.delete(data.resolve("input_2.pb"));
    IllegalArgumentException missing = assertThrows(IllegalArgumentException.class, this::run);
    assertEquals("the LSTM that makes [Y, Y_h, Y_c]: there is no value 'R'", missing.getMessage());
  }

  @Test
  void modelsThatAskForMoreAreRefusedByName() throws IOException, OrtException {
    write(folder, lstm());
    Path file = folder.resolve("model.onnx");
    ModelProto good = ModelProto.parseFrom(Files.readAllBytes(file));
    ModelProto.Builder changed = good.toBuilder();
    changed.getGraphBuilder().getNodeBuilder(0).setOpType("Conv").setName("c");
    rewritten(changed, "node 'c' (Conv): the operator Conv is not supported, these are: [Add, ");
    changed = good.toBuilder();
    changed.getGraphBuilder().getNodeBuilder(0).setDomain("com.example");
    rewritten(changed, "operators of 'com.example' are not supported");
    changed = good.toBuilder();
    changed.getOpsetImportBuilder(0).setVersion(3);
    rewritten(changed, "version 3 of the operators (opset) is not supported, these are: 7 to 25");
    changed = good.toBuilder();
    changed.addFunctionsBuilder();
    rewritten(changed, "functions of the model's own are not supported");
    changed = good.toBuilder();
    changed.getGraphBuilder().addInitializerBuilder().setName("x").setDataType(8);
    rewritten(changed, "tensor 'x': element type STRING is not supported");
    changed = good.toBuilder();
    changed
        .getGraphBuilder()
        .addInitializerBuilder()
        .setName("x")
        .setDataType(1)
        .addDims(2)
        .setRawData(ByteString.copyFrom(new byte[7]));
    rewritten(changed, "tensor 'x': 7 bytes are no whole number of FLOAT");
    rewritten(ModelProto.newBuilder(), "no ONNX model: there is no graph in it");
  }

  private void rewritten(ModelProto.Builder model, String words) throws IOException {
    Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
    refused("model.onnx: ");
    refused(words);
  }

  private void refused(String words) {
    ModelFormatException e = assertThrows(ModelFormatException.class, this::run, words);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(folder.toString()) && message.contains(words), message);
  }
}
