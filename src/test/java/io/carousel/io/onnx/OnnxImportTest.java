package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OnnxImportTest extends ImportFixture {
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
}
