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
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceAutoencoder;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported models in ONNX Runtime give what Carousel gives. */
class OnnxExportTest {
  private static final double TOLERANCE = 1e-5;
  private final Random random = new Random(11);

  @TempDir Path folder;

  private static List<Supplier<RecurrentLayer.Builder<?, ?>>> cells() {
    return List.of(
        () -> Rnn.builder(5, 7),
        () -> Rnn.builder(5, 7).activation(Activation.RELU).bias(false),
        () -> Lstm.builder(5, 7),
        () -> Lstm.builder(5, 7).peephole(true).coupledInputForget(true),
        () -> Lstm.builder(5, 7).gateActivation(Activation.HARD_SIGMOID),
        () -> Gru.builder(5, 7),
        () -> Gru.builder(5, 7).resetAfter(false));
  }

  private static List<SequenceModelBuilder> models() {
    List<SequenceModelBuilder> models = new ArrayList<>();
    int i = 0;
    for (Supplier<RecurrentLayer.Builder<?, ?>> cell : cells()) {
      for (int layers = 1; layers <= 3; layers++) {
        for (boolean both : new boolean[] {false, true}) {
          RecurrentLayer.Builder<?, ?> stack = cell.get().layers(layers).bidirectional(both);
          SequenceModelBuilder model = SequenceModel.around(stack.dropout(layers > 1 ? 0.3 : 0));
          boolean lstm = stack.spec().cell().hasCellState();
          Readout[] readouts = Readout.values();
          model.readout(readouts[i % (lstm ? 3 : 2)]).head(1 + i % 4).headDropout(0.2);
          model.outputActivation(i % 2 == 0 ? Activation.IDENTITY : Activation.SIGMOID);
          models.add(i % 3 == 0 ? model.embedding(11) : model);
          i++;
        }
      }
    }
    models.add(SequenceModel.around(Lstm.builder(6, 6).layers(2)).embedding(9).tiedHead());
    models.add(SequenceModel.around(Gru.builder(33, 17)).outputActivation(Activation.elu(0.5)));
    return models;
  }

  @Test
  void modelsGiveTheSameInOnnxRuntime() throws OrtException {
    try (Device device = Devices.open("cpu")) {
      for (SequenceModelBuilder builder : models()) {
        try (SequenceModel model = builder.build(device, 3)) {
          for (boolean lengths : new boolean[] {false, true}) {
            for (boolean states : new boolean[] {false, true}) {
              compare(model, new OnnxExport.Options(lengths, states, false));
            }
          }
          compare(model, new OnnxExport.Options(true, false, true));
        }
      }
    }
  }

  private void compare(SequenceModel model, OnnxExport.Options options) throws OrtException {
    byte[] bytes = OnnxWriter.bytes(OnnxExport.graph(model, options).model("test"));
    try (OnnxRuntime runtime = new OnnxRuntime(bytes)) {
      compare(model, options, runtime, 1, 3, 3, 2);
      compare(model, options, runtime, 6, 5, 1, 6, 2, 3);
      compare(model, options, runtime, 1, 1);
    }
  }

  /** One batch; the lengths are taken where the options say so. */
  private void compare(
      SequenceModel model, OnnxExport.Options options, OnnxRuntime runtime, int... given)
      throws OrtException {
    int steps = Arrays.stream(given).max().orElseThrow();
    int n = given.length;
    int[] lengths = given.clone();
    if (!options.lengths()) {
      Arrays.fill(lengths, steps);
    }
    PackedShape shape = PackedShape.of(lengths);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    SequenceBatch batch;
    int features = model.spec().recurrent().inputSize();
    if (model.spec().vocabulary() > 0) {
      int[] ids = random.ints((long) steps * n, 0, model.spec().vocabulary()).toArray();
      batch = SequenceBatch.ofIds(shape, ids);
      double[] values = Arrays.stream(ids).asDoubleStream().toArray();
      OnnxTensor tensor = new OnnxTensor(OnnxType.INT64, new int[] {steps, n}, values);
      inputs.put("input", options.batchFirst() ? Axes.transpose(tensor, 1, 0) : tensor);
    } else {
      float[] x = floats(steps * n * features);
      batch = SequenceBatch.ofFeatures(shape, features, x);
      OnnxTensor tensor = OnnxTensor.floats(x, steps, n, features);
      inputs.put("input", options.batchFirst() ? Axes.transpose(tensor, 1, 0, 2) : tensor);
    }
    if (options.lengths()) {
      double[] values = Arrays.stream(lengths).asDoubleStream().toArray();
      inputs.put("lengths", new OnnxTensor(OnnxType.INT32, new int[] {n}, values));
    }
    try (RecurrentState state = model.newState(n)) {
      if (options.states()) {
        inputs.put("h0", fill(model, state.h(), n));
        if (state.c() != null) {
          inputs.put("c0", fill(model, state.c(), n));
        }
      }
      float[] expected = model.predict(batch, state);
      Map<String, OnnxTensor> outputs = runtime.run(inputs);
      String what = model.spec() + " " + options + " " + Arrays.toString(lengths);
      float[] computed = outputs.get("output").floats();
      if (options.batchFirst() && model.spec().readout().perStep()) {
        computed = Axes.transpose(outputs.get("output"), 1, 0, 2).floats();
      }
      assertArrayEquals(expected, computed, (float) TOLERANCE, what);
      if (options.states()) {
        float[] h = new float[Math.toIntExact(state.h().size())];
        model.queue().download(state.h(), h, 0);
        assertArrayEquals(h, outputs.get("hN").floats(), (float) TOLERANCE, what);
        assertEquals(state.c() != null, outputs.containsKey("cN"), what);
      }
    }
  }

  private OnnxTensor fill(SequenceModel model, io.carousel.device.Matrix matrix, int n) {
    float[] values = floats(Math.toIntExact(matrix.size()));
    model.queue().upload(values, 0, matrix);
    return OnnxTensor.floats(values, matrix.rows() / n, n, matrix.columns());
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void ourOwnProgramRunsThemToo() throws IOException {
    Path file = folder.resolve("model.onnx");
    try (Device device = Devices.open("cpu");
        SequenceModel model =
            SequenceModel.around(Lstm.builder(3, 4).bidirectional(true)).head(2).build(device, 1)) {
      OnnxExport.Options options = new OnnxExport.Options(true, false, false);
      OnnxExport.write(model, options, Map.of("notes", "x̄ = 0"), file);
      OnnxModel read = OnnxReader.model(file);
      assertEquals(Map.of("notes", "x̄ = 0"), read.metadata());
      assertEquals("Carousel", read.producer());
      float[] x = floats(4 * 2 * 3);
      Map<String, OnnxTensor> inputs =
          Map.of(
              "input",
              OnnxTensor.floats(x, 4, 2, 3),
              "lengths",
              new OnnxTensor(OnnxType.INT32, new int[] {2}, new double[] {4, 2}));
      float[] expected = model.predict(SequenceBatch.ofFeatures(PackedShape.of(4, 2), 3, x));
      OnnxProgram program = OnnxProgram.read(file);
      assertEquals(List.of("input", "lengths"), program.inputs());
      float[] computed = program.run(inputs, Computing.on(device)).outputs().get("output").floats();
      assertArrayEquals(expected, computed, 1e-6f);
    }
  }

  @Test
  void autoencodersGiveTheSameInOnnxRuntime() throws OrtException, IOException {
    Path file = folder.resolve("autoencoder.onnx");
    try (Device device = Devices.open("cpu");
        SequenceAutoencoder model = new SequenceAutoencoder(2, 5, 2, device, 3)) {
      OnnxExport.write(model, Map.of(), file);
      try (OnnxRuntime runtime = new OnnxRuntime(Files.readAllBytes(file))) {
        for (int[] lengths : new int[][] {{4, 4}, {2, 6, 1, 3}, {1}}) {
          int steps = Arrays.stream(lengths).max().orElseThrow();
          float[] x = floats(steps * lengths.length * 2);
          double[] ends = Arrays.stream(lengths).asDoubleStream().toArray();
          Map<String, OnnxTensor> inputs =
              Map.of(
                  "input",
                  OnnxTensor.floats(x, steps, lengths.length, 2),
                  "lengths",
                  new OnnxTensor(OnnxType.INT32, new int[] {lengths.length}, ends));
          float[] expected =
              model.reconstruct(SequenceBatch.ofFeatures(PackedShape.of(lengths), 2, x));
          float[] computed = runtime.run(inputs).get("output").floats();
          assertArrayEquals(expected, computed, (float) TOLERANCE);
        }
      }
    }
  }

  @Test
  void whatOnnxHasNotIsNamed() {
    refused(Lstm.builder(2, 4).projection(3), Activation.IDENTITY, "a projection (here to 3)");
    refused(Lstm.builder(2, 4).cellClip(3), Activation.IDENTITY, "a bound of the cell state");
    refused(
        Lstm.builder(2, 4).coupledInputForget(true).gateActivation(Activation.TANH),
        Activation.IDENTITY,
        "coupled input and forget gates with the function tanh");
    refused(Lstm.builder(2, 4), Activation.affine(2, 1), "a head with the function affine");
    refused(
        Lstm.builder(2, 4).gateActivation(Activation.SIGMOID.withClip(1)),
        Activation.IDENTITY,
        "ONNX has one bound for what");
  }

  private static void refused(RecurrentLayer.Builder<?, ?> stack, Activation head, String words) {
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(stack).outputActivation(head).build(device, 1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> OnnxExport.graph(model, OnnxExport.Options.PLAIN));
      assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }
  }
}
