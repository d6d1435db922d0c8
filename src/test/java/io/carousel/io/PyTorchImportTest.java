package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Packing;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks of a PyTorch {@code state_dict}, loaded by prefix, compute what PyTorch computed. */
class PyTorchImportTest {
  private static final String PREFIX = "encoder.rnn";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void everyCaseIsLoadedAndWrittenBack(String deviceName) throws IOException {
    List<Path> cases = new ArrayList<>(TestData.requireCases());
    for (Path json : PyTorchReferenceTest.files()) {
      cases.add(PyTorchReferenceTest.convert(json, folder));
    }
    assertEquals(10, cases.size(), "cases");
    try (Device device = TestData.openOrSkip(deviceName)) {
      for (Path file : cases) {
        ReferenceCase reference = ReferenceCase.read(file);
        Path stateDict = stateDict(reference, Dtype.F64);
        try (SafetensorsFile tensors = SafetensorsFile.open(stateDict)) {
          check(reference, load(reference, tensors), device);
        }
      }
    }
  }

  /** As saved from {@code {"encoder.rnn": the stack, "head": something else}}. */
  private Path stateDict(ReferenceCase reference, Dtype dtype) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("head.weight", new double[6], 2, 3);
    writer.add("encoder.rnn2.weight_ih_l0", new double[6], 2, 3);
    writer.add("num_batches_tracked", new long[] {7});
    for (String name : reference.spec().parameterShapes().keySet()) {
      ReferenceCase.Tensor tensor = reference.tensor(name);
      double[] values = tensor.values();
      String full = PREFIX + "." + name;
      if (dtype == Dtype.F64) {
        writer.add(full, values, tensor.shape());
      } else {
        writer.add(full, dtype, values.length, tensor.shape(), Halves.of(dtype, values));
      }
    }
    Path file = folder.resolve("state-dict.safetensors");
    writer.write(file);
    return file;
  }

  private static RecurrentLayer.Builder<?, ?> load(ReferenceCase reference, SafetensorsFile tensors)
      throws IOException {
    return switch (reference.spec().cell()) {
      case LSTM -> Lstm.load(tensors, PREFIX);
      case GRU -> Gru.load(tensors, PREFIX);
      case RNN_TANH -> Rnn.load(tensors, PREFIX, Activation.TANH);
      case RNN_RELU -> Rnn.load(tensors, PREFIX, Activation.RELU);
    };
  }

  private void check(ReferenceCase reference, RecurrentLayer.Builder<?, ?> builder, Device device)
      throws IOException {
    try (Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "imported");
        RecurrentLayer layer = builder.build(parameters, "stack");
        BufferScope scope = new BufferScope(device, "imported")) {
      PackedShape shape = PackedShape.padded(reference.spec().seqLen(), reference.lengths());
      int states = layer.spec().runs() * shape.batchSize();
      Matrix input = scope.reals("input", shape.rows(), layer.spec().inputSize());
      queue.upload(
          Packing.pack(shape, layer.spec().inputSize(), reference.tensor("input").values()),
          0,
          input);
      Matrix h = scope.reals("h", states, layer.spec().stateSize());
      queue.upload(reference.tensor("h0").values(), 0, h);
      Matrix c = null;
      if (layer.spec().cell().hasCellState()) {
        c = scope.reals("c", states, layer.spec().hiddenSize());
        queue.upload(reference.tensor("c0").values(), 0, c);
      }
      Matrix output = scope.reals("output", shape.rows(), layer.spec().outputSize());
      layer.infer(queue, shape, input, h, c, output, h, c);
      double[] rows = new double[Math.toIntExact(output.size())];
      queue.download(output, rows, 0);
      double[] padded = Packing.pad(shape, layer.spec().outputSize(), rows);
      assertNear(reference, "output", padded, device);
      double[] state = new double[Math.toIntExact(h.size())];
      queue.download(h, state, 0);
      assertNear(reference, "hn", state, device);
      writeBack(reference, parameters, queue);
    }
  }

  private static void assertNear(
      ReferenceCase reference, String name, double[] computed, Device device) {
    boolean exact = device.realType() == ElementType.F64 && reference.dtype() == Dtype.F64;
    TensorDifference difference =
        TensorDifference.of(name, reference.tensor(name).values(), computed);
    assertTrue(difference.isWithin(exact ? 1e-11 : 2e-5), reference.file() + ": " + difference);
  }

  private void writeBack(ReferenceCase reference, ParameterSet parameters, Queue queue)
      throws IOException {
    Path file = folder.resolve("back.safetensors");
    StateDict.save(parameters, queue, Map.of("stack", "model.lstm"), file);
    try (SafetensorsFile written = SafetensorsFile.open(file)) {
      Map<String, long[]> shapes = reference.spec().parameterShapes();
      assertEquals(shapes.size(), written.names().size());
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        String name = "model.lstm." + tensor.getKey();
        assertArrayEquals(tensor.getValue(), written.entry(name).shape(), name);
        double[] expected = reference.tensor(tensor.getKey()).values();
        boolean rounded = queue.device().realType() == ElementType.F32;
        assertArrayEquals(expected, written.readDoubles(name), rounded ? 1e-7 : 0, name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void halfNumbersWiden(Dtype dtype) throws IOException {
    ReferenceCase reference = lstm();
    try (SafetensorsFile tensors = SafetensorsFile.open(stateDict(reference, dtype));
        Device device = Devices.open("reference");
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "imported")) {
      Lstm.load(tensors, PREFIX).build(parameters, "").close();
      double[] expected = reference.tensor("weight_ih_l0").values();
      double[] loaded = parameters.get("weight_ih_l0").download(queue);
      double error = dtype == Dtype.F16 ? 0x1p-11 : 0x1p-7;
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], loaded[i], Math.abs(expected[i]) * error, "element " + i);
      }
    }
  }

  private static ReferenceCase lstm() throws IOException {
    for (Path file : TestData.requireCases()) {
      if (file.getFileName().toString().startsWith("lstm_l1_uni_A")) {
        return ReferenceCase.read(file);
      }
    }
    throw new AssertionError("no case lstm_l1_uni_A");
  }

  /** A stack of 2 features, 3 units and the directions and layers that the names tell. */
  private Path file(Cell cell, Map<String, long[]> changed, Set<String> removed)
      throws IOException {
    int g = cell.gates() * 3;
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("elsewhere", new float[4], 4);
    for (String suffix : List.of("_l0", "_l0_reverse", "_l1", "_l1_reverse")) {
      Map<String, long[]> shapes =
          Map.of(
              "weight_ih", new long[] {g, suffix.startsWith("_l0") ? 2 : 6},
              "weight_hh", new long[] {g, 3},
              "bias_ih", new long[] {g},
              "bias_hh", new long[] {g});
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        String name = "m." + tensor.getKey() + suffix;
        if (!removed.contains(name) && !changed.containsKey(name)) {
          add(writer, name, tensor.getValue());
        }
      }
    }
    changed.forEach((name, shape) -> add(writer, name, shape));
    Path file = folder.resolve("hand-made.safetensors");
    writer.write(file);
    return file;
  }

  private static void add(SafetensorsWriter writer, String name, long[] shape) {
    int size = 1;
    for (long n : shape) {
      size *= (int) n;
    }
    writer.add(name, new float[size], shape);
  }

  private String refusal(Cell cell, Map<String, long[]> changed, Set<String> removed)
      throws IOException {
    Path file = file(cell, changed, removed);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      String message = Failures.message(ModelFormatException.class, () -> Lstm.load(tensors, "m"));
      assertTrue(message.startsWith(file + ": module 'm': "), message);
      return message.substring((file + ": module 'm': ").length());
    }
  }

  /** As of a module made with {@code bias=False}. */
  @Test
  void biasesMayBeMissing() throws IOException {
    Set<String> biases = new TreeSet<>();
    for (String suffix : List.of("_l0", "_l0_reverse", "_l1", "_l1_reverse")) {
      biases.add("m.bias_ih" + suffix);
      biases.add("m.bias_hh" + suffix);
    }
    try (SafetensorsFile tensors = SafetensorsFile.open(file(Cell.GRU, Map.of(), biases));
        Device device = Devices.open("reference");
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "imported");
        RecurrentLayer layer = Gru.load(tensors, "m").build(parameters, "")) {
      assertEquals(
          RecurrentSpec.gru(2, 3).withNumLayers(2).withBidirectional(true).withBias(false),
          layer.spec());
    }
  }

  @Test
  void wrongTensorsAreListedByName() throws IOException {
    assertEquals(
        "LSTM of 2 features, 3 units, 2 layer(s), both directions: missing: 'm.bias_hh_l1';"
            + " unexpected: 'm.scale'; misshapen: 'm.weight_ih_l1' is [12, 3], expected [12, 6]",
        refusal(
            Cell.LSTM,
            Map.of("m.weight_ih_l1", new long[] {12, 3}, "m.scale", new long[] {1}),
            Set.of("m.bias_hh_l1")));
  }

  @Test
  void anotherCellIsRecognised() throws IOException {
    assertEquals(
        "weight_hh_l0 is [9, 3], expected [12, 3] of an LSTM with 3 units; this is a GRU",
        refusal(Cell.GRU, Map.of(), Set.of()));
  }

  @Test
  void prefixesWithAStackAreNamed() throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file(Cell.LSTM, Map.of(), Set.of()))) {
      String message =
          Failures.message(ModelFormatException.class, () -> Lstm.load(tensors, "encoder"));
      assertTrue(
          message.endsWith(
              "module 'encoder': no recurrent layer, which has weight_ih_l0 and weight_hh_l0; the"
                  + " file's are 'm'"),
          message);
    }
  }

  @Test
  void aStackChangedAfterLoadingIsRefused() throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file(Cell.LSTM, Map.of(), Set.of()));
        Device device = Devices.open("reference");
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "imported")) {
      Lstm.Builder narrow = Lstm.load(tensors, "m").inputSize(1);
      Failures.assertBadArgument(
          () -> narrow.build(parameters, ""),
          "the stack needs weight_ih_l0 [12, 1], given were 24 numbers");
      Lstm.Builder deep = Lstm.load(tensors, "m").layers(3);
      Failures.assertBadArgument(() -> deep.build(parameters, ""), "weight_ih_l2");
      Lstm.Builder drawn = Lstm.load(tensors, "m").forgetBias(1);
      Failures.assertBadArgument(() -> drawn.build(parameters, ""), "the stack has its weights");
    }
  }

  /** Most of these have PyTorch's tensors, which it would load and compute otherwise with. */
  @Test
  void aStackThatPyTorchHasNotIsNotWrittenForIt() {
    requireRefused(Lstm.builder(1, 2).peephole(true), "peepholes");
    requireRefused(Lstm.builder(1, 2).cellClip(3), "cell clip");
    requireRefused(Lstm.builder(1, 2).coupledInputForget(true), "coupled gates");
    requireRefused(Lstm.builder(1, 2).activation(Activation.RELU), "activation relu");
    requireRefused(
        Lstm.builder(1, 2).cellOutputActivation(Activation.RELU), "cell output activation relu");
    requireRefused(
        Gru.builder(1, 2).gateActivation(Activation.SOFTSIGN), "gate activation softsign");
    requireRefused(Gru.builder(1, 2).resetAfter(false), "reset gate before the product");
    requireRefused(Rnn.builder(1, 2).activation(Activation.SOFTSIGN), "activation softsign");
  }

  private void requireRefused(RecurrentLayer.Builder<?, ?> stack, String what) {
    Path file = folder.resolve("no");
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(stack).head(1).build(device, 1)) {
      String problem = "PyTorch's stacks have no " + what + ": 'rnn' cannot be written for it";
      Failures.assertBadArgument(() -> StateDict.save(model, Map.of("rnn", "lstm"), file), problem);
      ParameterSet parameters = model.parameters();
      Queue queue = model.queue();
      for (String module : List.of("", "rnn")) {
        Failures.assertBadArgument(
            () -> StateDict.save(parameters, queue, Map.of(module, "lstm"), file), problem);
      }
      assertFalse(Files.exists(file));
      StateDict.save(model, Map.of("out", "classifier"), file);
      Files.delete(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPartThatIsNotThereIsRefused() {
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(Lstm.builder(1, 2)).build(device, 1)) {
      Failures.assertBadArgument(
          () -> StateDict.save(model, Map.of("lstm", "lstm"), folder.resolve("no")),
          "no parameter lies under 'lstm'");
    }
  }
}
