package io.carousel.rnn;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import io.carousel.OnnxRuntime;
import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.GateLayout;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A {@link StackFixture} of one layer as an operator of ONNX, which ONNX Runtime computes. */
final class OnnxCell {
  private final StackFixture fixture;
  private final RecurrentSpec spec;
  private final PackedShape shape;
  private final OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();

  /** Numbers and their axes. */
  private record Tensor(double[] values, long... axes) {}

  OnnxCell(StackFixture fixture) {
    this.fixture = fixture;
    spec = fixture.spec;
    shape = fixture.shape;
    attributes();
    long directions = spec.directions();
    long rows = spec.gateRows();
    long hidden = spec.hiddenSize();
    long batch = shape.batchSize();
    double[] lengths = Arrays.stream(shape.lengths()).asDoubleStream().toArray();
    inputs.put("X", new Tensor(padded(), shape.steps(), batch, spec.inputSize()));
    inputs.put("W", new Tensor(weights("weight_ih"), directions, rows, spec.inputSize()));
    inputs.put("R", new Tensor(weights("weight_hh"), directions, rows, hidden));
    inputs.put("B", new Tensor(weights("bias_ih", "bias_hh"), directions, 2 * rows));
    inputs.put("sequence_lens", new Tensor(lengths, batch));
    inputs.put("initial_h", new Tensor(fixture.variables.get("h0"), directions, batch, hidden));
    if (spec.cell() == Cell.LSTM) {
      inputs.put("initial_c", new Tensor(fixture.variables.get("c0"), directions, batch, hidden));
    }
    if (spec.peephole()) {
      inputs.put("P", new Tensor(weights("peephole"), directions, 3 * hidden));
    }
  }

  private void attributes() {
    add("hidden_size", AttributeType.INT, a -> a.setI(spec.hiddenSize()));
    String direction = spec.bidirectional() ? "bidirectional" : "forward";
    add("direction", AttributeType.STRING, a -> a.setS(ByteString.copyFromUtf8(direction)));
    if (spec.cell() == Cell.GRU) {
      add("linear_before_reset", AttributeType.INT, a -> a.setI(spec.resetAfter() ? 1 : 0));
    }
    if (spec.coupledInputForget()) {
      add("input_forget", AttributeType.INT, a -> a.setI(1));
    }
    if (spec.activation().clip() > 0) {
      add("clip", AttributeType.FLOAT, a -> a.setF((float) spec.activation().clip()));
    }
    List<Activation> functions = new ArrayList<>();
    for (int d = 0; d < spec.directions(); d++) {
      functions.addAll(
          switch (spec.cell()) {
            case RNN -> List.of(spec.activation());
            case GRU -> List.of(spec.gateActivation(), spec.activation());
            case LSTM ->
                List.of(spec.gateActivation(), spec.activation(), spec.cellOutputActivation());
          });
    }
    add(
        "activations",
        AttributeType.STRINGS,
        a -> functions.forEach(f -> a.addStrings(ByteString.copyFromUtf8(name(f)))));
    numbers("activation_alpha", functions, f -> f.kind().hasAlpha(), Activation::alpha);
    numbers("activation_beta", functions, f -> f.kind().hasBeta(), Activation::beta);
  }

  /** Of the functions that have such a number; of all in the operator RNN. */
  private void numbers(
      String name,
      List<Activation> functions,
      Predicate<Activation> has,
      ToDoubleFunction<Activation> number) {
    List<Activation> given =
        functions.stream().filter(f -> spec.cell() == Cell.RNN || has.test(f)).toList();
    add(
        name,
        AttributeType.FLOATS,
        a -> given.forEach(f -> a.addFloats((float) number.applyAsDouble(f))));
  }

  private void add(String name, AttributeType type, Consumer<AttributeProto.Builder> value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(type);
    value.accept(attribute);
    node.addAttribute(attribute);
  }

  private static String name(Activation f) {
    return Arrays.stream(f.kind().name().split("_"))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  /** Weights of all directions, blocks in ONNX's order. */
  private double[] weights(String... names) {
    return Stream.of("_l0", "_l0_reverse")
        .limit(spec.directions())
        .flatMap(suffix -> Arrays.stream(names).map(name -> blocks(name, suffix)))
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  private double[] blocks(String name, String suffix) {
    double[] ours = fixture.variables.get(name + suffix).clone();
    int block = name.equals("peephole") ? ours.length / 3 : ours.length / spec.cell().gates();
    if (spec.coupledInputForget()) { // i of ONNX, where f = 1 - i, is our f with its sign turned
      for (int k = 0; k < block; k++) {
        ours[k] = -ours[block + k];
      }
    }
    if (name.equals("peephole")) { // p_i, p_f, p_o to i, o, f
      double[] moved = ours.clone();
      System.arraycopy(ours, 2 * block, moved, block, block);
      System.arraycopy(ours, block, moved, 2 * block, block);
      return moved;
    }
    return switch (spec.cell()) {
      case RNN -> ours;
      case GRU -> GateLayout.ONNX_GRU.fromOurs(ours);
      case LSTM -> GateLayout.ONNX_LSTM.fromOurs(ours);
    };
  }

  /** The input [T, N, I], zeros past the end of a sequence. */
  private double[] padded() {
    int width = spec.inputSize();
    double[] x = new double[shape.steps() * shape.batchSize() * width];
    eachStep(
        (t, n) ->
            System.arraycopy(
                fixture.variables.get("input"),
                shape.packedRow(t, n) * width,
                x,
                (t * shape.batchSize() + n) * width,
                width));
    return x;
  }

  private interface Place {
    void accept(int t, int n);
  }

  private void eachStep(Place place) {
    for (int n = 0; n < shape.batchSize(); n++) {
      for (int t = 0; t < shape.length(n); t++) {
        place.accept(t, n);
      }
    }
  }

  /** What {@link StackFixture#run} has by the same names. */
  Map<String, double[]> run() throws OrtException {
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    OrtEnvironment environment = OnnxRuntime.environment();
    try (OrtSession session = environment.createSession(model())) {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        given.put(input.getKey(), tensor(environment, input.getKey(), input.getValue()));
      }
      try (OrtSession.Result result = session.run(given)) {
        Map<String, double[]> outputs = new LinkedHashMap<>();
        outputs.put("output", packed(values(result, "Y")));
        outputs.put("hN", values(result, "Y_h"));
        if (spec.cell() == Cell.LSTM) {
          outputs.put("cN", values(result, "Y_c"));
        }
        return outputs;
      }
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, String name, Tensor tensor)
      throws OrtException {
    if (name.equals("sequence_lens")) {
      int[] lengths = Arrays.stream(tensor.values).mapToInt(x -> (int) x).toArray();
      return OnnxTensor.createTensor(environment, IntBuffer.wrap(lengths), tensor.axes);
    }
    float[] values = new float[tensor.values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.values[i];
    }
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), tensor.axes);
  }

  private static double[] values(OrtSession.Result result, String name) {
    FloatBuffer values = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
    return IntStream.range(0, values.remaining()).mapToDouble(values::get).toArray();
  }

  /** [T, D, N, H] to packed rows [Σ n_t, D·H]. */
  private double[] packed(double[] y) {
    int hidden = spec.hiddenSize();
    double[] output = new double[shape.rows() * spec.outputSize()];
    eachStep(
        (t, n) -> {
          for (int d = 0; d < spec.directions(); d++) {
            int from = ((t * spec.directions() + d) * shape.batchSize() + n) * hidden;
            int to = shape.packedRow(t, n) * spec.outputSize() + d * hidden;
            System.arraycopy(y, from, output, to, hidden);
          }
        });
    return output;
  }

  private byte[] model() {
    node.setOpType(spec.cell().name());
    OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("cell");
    node.addAllInput(inputs.keySet());
    inputs.forEach(
        (name, tensor) -> {
          OnnxMl.TensorProto.DataType type =
              name.equals("sequence_lens")
                  ? OnnxMl.TensorProto.DataType.INT32
                  : OnnxMl.TensorProto.DataType.FLOAT;
          graph.addInput(value(name, type, tensor.axes.length));
        });
    for (String output :
        spec.cell() == Cell.LSTM ? List.of("Y", "Y_h", "Y_c") : List.of("Y", "Y_h")) {
      node.addOutput(output);
      graph.addOutput(value(output, OnnxMl.TensorProto.DataType.FLOAT, output.equals("Y") ? 4 : 3));
    }
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(14))
        .setGraph(graph.addNode(node))
        .build()
        .toByteArray();
  }

  private static OnnxMl.ValueInfoProto value(
      String name, OnnxMl.TensorProto.DataType type, int axes) {
    OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
    for (int i = 0; i < axes; i++) {
      shape.addDimBuilder().setDimParam(name + i);
    }
    OnnxMl.ValueInfoProto.Builder value = OnnxMl.ValueInfoProto.newBuilder().setName(name);
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(type.getNumber()).setShape(shape);
    return value.build();
  }
}
