package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cell options on every device at hand against numbers that others computed. */
class CellOptionsByOthersTest {
  private static final double TOLERANCE = 3e-6;

  static Stream<DeviceProvider> providers() {
    return Devices.providers().stream().filter(p -> p.whyUnavailable() == null);
  }

  /**
   * A stack with given weights. Blocks of a weight are rows of as many numbers as it has units;
   * others order them in their own way.
   */
  private record Stack(RecurrentLayer.Builder<?, ?> builder, List<Weight> weights) {
    /** [T, D·H] for one sequence [T, I]. */
    double[] run(DeviceProvider provider, double[] input) {
      try (Device device = provider.open(0, DeviceOptions.DEFAULT);
          Queue queue = device.openQueue();
          ParameterSet parameters = new ParameterSet(queue, 1, "others");
          RecurrentLayer layer = builder.build(parameters, "");
          BufferScope scope = new BufferScope(device, "others")) {
        assertEquals(parameters.all().size(), weights.size());
        weights.forEach(w -> parameters.get(w.name).upload(queue, w.values));
        int steps = input.length / layer.spec().inputSize();
        int runs = layer.spec().runs();
        int units = layer.spec().hiddenSize();
        Matrix x = scope.reals("input", steps, layer.spec().inputSize());
        Matrix output = scope.reals("output", steps, layer.spec().outputSize());
        Matrix hN = scope.reals("hN", runs, units);
        boolean hasCell = layer.spec().cell().hasCellState();
        Matrix cN = hasCell ? scope.reals("cN", runs, units) : null;
        queue.upload(input, 0, x);
        layer.infer(queue, PackedShape.dense(steps, 1), x, null, null, output, hN, cN);
        return StackFixture.download(queue, output);
      }
    }
  }

  private record Weight(String name, double[] values) {
    /** Picks blocks in another order; -1-k stands for block k with its sign turned. */
    static Weight of(String name, double[] from, int blockSize, int... order) {
      double[] values =
          IntStream.of(order)
              .boxed()
              .flatMapToDouble(
                  k -> {
                    int start = (k < 0 ? -1 - k : k) * blockSize;
                    double sign = k < 0 ? -1 : 1;
                    return IntStream.range(start, start + blockSize)
                        .mapToDouble(i -> sign * from[i]);
                  })
              .toArray();
      return new Weight(name, values);
    }
  }

  // Weights, input and expected numbers of ONNX Runtime (MIT), LSTMTest in
  // onnxruntime/test/providers/cpu/rnn/deep_cpu_lstm_op_test.cc; blocks i, o, f, c and p_i, p_o,
  // p_f
  private static final double[] W = {
    -0.494659, 0.0453352, -0.487793, 0.417264, -0.0175329, 0.489074, -0.446013, 0.414029,
    -0.0091708, -0.255364, -0.106952, -0.266717, -0.0888852, -0.428709, -0.283349, 0.208792
  };
  private static final double[] R = {
    0.146626, -0.0620289, -0.0815302, 0.100482, -0.219535, -0.306635, -0.28515, -0.314112,
    -0.228172, 0.405972, 0.31576, 0.281487, -0.394864, 0.42111, -0.386624, -0.390225
  };
  private static final double[] P = {0.2345, 0.5235, 0.4378, 0.3475, 0.8927, 0.3456};
  private static final double[] B = {
    0.381619, 0.0323954, -0.14449, 0.420804, -0.258721, 0.45056, -0.250755, 0.0967895
  };
  private static final double[] X = {-0.455351, -0.276391, -0.185934, -0.269585};

  private static List<Weight> onnx(boolean bias, String suffix, int[] gates, int[] peepholes) {
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.of("weight_ih" + suffix, W, 4, gates));
    weights.add(Weight.of("weight_hh" + suffix, R, 4, gates));
    weights.add(Weight.of("peephole" + suffix, P, 2, peepholes));
    if (bias) {
      weights.add(Weight.of("bias_ih" + suffix, B, 2, gates));
      weights.add(new Weight("bias_hh" + suffix, new double[8]));
    }
    return weights;
  }

  private static final int[] GATES = {0, 2, 3, 1};
  private static final int[] PEEPHOLES = {0, 2, 1};

  @ParameterizedTest
  @MethodSource("providers")
  void peepholesOfOnnxRuntime(DeviceProvider provider) {
    List<Weight> weights = onnx(true, "_l0", GATES, PEEPHOLES);
    weights.addAll(onnx(true, "_l0_reverse", GATES, PEEPHOLES));
    double[] expected = {
      -0.0251062, 0.0561262, -0.0318928, 0.0762679, -0.0327752, 0.0593536, -0.0306872, 0.028035
    };
    Lstm.Builder lstm = Lstm.builder(2, 2).bidirectional(true).peephole(true);
    assertArrayEquals(expected, new Stack(lstm, weights).run(provider, X), TOLERANCE);

    double[] withoutBias = {0.04154162, 0.01969122, 0.05298181, 0.0030589};
    Stack stack =
        new Stack(
            Lstm.builder(2, 2).bias(false).peephole(true), onnx(false, "_l0", GATES, PEEPHOLES));
    assertArrayEquals(withoutBias, stack.run(provider, X), TOLERANCE);
  }

  /** ONNX has f = 1 - i, which is i = 1 - f with the signs of that gate's weights turned. */
  @ParameterizedTest
  @MethodSource("providers")
  void coupledGatesOfOnnxRuntime(DeviceProvider provider) {
    int[] gates = {2, -1, 3, 1};
    int[] peepholes = {2, -1, 1};
    double[] expected = {-0.02510626, 0.05612619, -0.0314321, 0.05087372};
    Lstm.Builder lstm = Lstm.builder(2, 2).peephole(true).coupledInputForget(true);
    Stack stack = new Stack(lstm, onnx(true, "_l0", gates, peepholes));
    assertArrayEquals(expected, stack.run(provider, X), TOLERANCE);
  }

  /** Cases of keras-js whose functions are all sigmoid; Keras stores transposed weights. */
  @ParameterizedTest
  @MethodSource("providers")
  void sigmoidCellsOfKeras(DeviceProvider provider) throws IOException {
    Path folder = TestData.require("kerasjs-recurrent");
    kerasCase(
        provider,
        folder.resolve("SimpleRNN.json"),
        "recurrent.SimpleRNN.1",
        Rnn.builder(5, 5).activation(Activation.SIGMOID));
    kerasCase(
        provider,
        folder.resolve("LSTM.json"),
        "recurrent.LSTM.1",
        Lstm.builder(5, 5).activation(Activation.SIGMOID));
  }

  private static void kerasCase(
      DeviceProvider provider, Path file, String name, RecurrentLayer.Builder<?, ?> builder)
      throws IOException {
    JsonNode json = new ObjectMapper().readTree(file.toFile()).get(name);
    JsonNode stored = json.get("weights");
    double[] bias = numbers(stored.get(2));
    List<Weight> weights =
        List.of(
            new Weight("weight_ih_l0", transposed(stored.get(0))),
            new Weight("weight_hh_l0", transposed(stored.get(1))),
            new Weight("bias_ih_l0", bias),
            new Weight("bias_hh_l0", new double[bias.length]));
    double[] output = new Stack(builder, weights).run(provider, numbers(json.get("input")));
    double[] expected = numbers(json.get("expected")); // of the last step
    double[] last = Arrays.copyOfRange(output, output.length - expected.length, output.length);
    assertArrayEquals(expected, last, TOLERANCE, name);
  }

  private static double[] numbers(JsonNode tensor) {
    JsonNode data = tensor.get("data");
    return IntStream.range(0, data.size()).mapToDouble(i -> data.get(i).asDouble()).toArray();
  }

  private static double[] transposed(JsonNode tensor) {
    double[] values = numbers(tensor);
    int rows = tensor.get("shape").get(0).asInt();
    int columns = tensor.get("shape").get(1).asInt();
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i % columns * rows + i / columns] = values[i];
    }
    return result;
  }

  /**
   * By hand: all weights 0, so i = f = o = 1/2 and g = 0. c0 = (4, 1) gives c = (2, 1/2), of which
   * 3/2 is left of the first. With dh = 1 no gradient reaches the first c0, but its output gate.
   */
  @ParameterizedTest
  @MethodSource("providers")
  void clippedCellByHand(DeviceProvider provider) {
    try (Device device = provider.open(0, DeviceOptions.DEFAULT);
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "by hand");
        Lstm lstm = Lstm.builder(1, 2).cellClip(1.5).build(parameters, "");
        BufferScope scope = new BufferScope(device, "by hand")) {
      parameters.forEach(p -> p.upload(queue, new double[p.size()]));
      parameters.zeroGradients(queue);
      Matrix x = scope.reals("x", 1, 1);
      Matrix c0 = scope.reals("c0", 1, 2);
      Matrix dC0 = scope.reals("dC0", 1, 2);
      Matrix dOutput = scope.reals("dOutput", 1, 2);
      queue.fill(x, 1);
      queue.fill(dOutput, 1);
      queue.upload(new double[] {4, 1}, 0, c0);
      double[] c = {1.5, 0.5};
      double[] tanhC = {0.90514825364487, 0.46211715726001};
      try (RecurrentLayer.Pass pass =
          lstm.forward(queue, PackedShape.dense(1, 1), x, null, c0, 1)) {
        Matrix cN = pass.cN();
        assertArrayEquals(c, cN == null ? null : StackFixture.download(queue, cN), TOLERANCE);
        double[] h = {tanhC[0] / 2, tanhC[1] / 2};
        assertArrayEquals(h, StackFixture.download(queue, pass.output()), TOLERANCE);
        pass.backward(dOutput, null, null, null, null, dC0);
      }
      double[] dOld = {0, 0.25 * (1 - tanhC[1] * tanhC[1])};
      assertArrayEquals(dOld, StackFixture.download(queue, dC0), TOLERANCE);
      double[] dBias = parameters.get("bias_ih_l0").downloadGradient(queue);
      assertEquals(0, dBias[2], "forget gate of the clipped unit");
      assertEquals(tanhC[0] / 4, dBias[6], TOLERANCE, "output gate of the clipped unit");
    }
  }
}
