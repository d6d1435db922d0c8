package io.carousel.io;

import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Packing;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ReferenceCase} computed again by a stack of ours: forward in training and in inference,
 * the loss, and all gradients, each compared with the case.
 */
public final class ReferenceRun {
  private final String kernel;
  private final List<TensorDifference> differences;

  private ReferenceRun(String kernel, List<TensorDifference> differences) {
    this.kernel = kernel;
    this.differences = List.copyOf(differences);
  }

  /**
   * Computes a case.
   *
   * @param reference what to compute, and the numbers to compare with
   * @param device where
   * @param plan which plan runs
   * @param precision of the products
   * @throws IllegalArgumentException when the device has no such plan or precision, with the reason
   */
  public static ReferenceRun of(
      ReferenceCase reference, Device device, PlanChoice plan, Precision precision) {
    if (!device.supports(precision)) {
      throw new IllegalArgumentException(
          "device %s does not compute in %s".formatted(device.name(), precision));
    }
    RecurrentSpec spec = stack(reference.spec()).withPrecision(precision);
    try (Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 0, "reference case");
        RecurrentLayer layer = RecurrentLayer.builder(spec).plan(plan).build(parameters, "");
        BufferScope scope = new BufferScope(device, "reference case")) {
      Computation computation = new Computation(reference, queue, parameters, layer, scope);
      computation.infer();
      computation.train();
      return new ReferenceRun(layer.kernel(), computation.differences);
    }
  }

  /** What ran: {@code stepwise}, or the device's own kernel. */
  public String kernel() {
    return kernel;
  }

  /** One entry per compared tensor; those of inference are named {@code inference.NAME}. */
  public List<TensorDifference> differences() {
    return differences;
  }

  /** Whether every tensor is near enough; a NaN never is. */
  public boolean isWithin(double tolerance) {
    return differences.stream().allMatch(difference -> difference.isWithin(tolerance));
  }

  private static RecurrentSpec stack(ReferenceSpec spec) {
    int in = spec.inputSize();
    int hidden = spec.hiddenSize();
    RecurrentSpec cell =
        switch (spec.cell()) {
          case RNN_TANH -> RecurrentSpec.rnn(in, hidden);
          case RNN_RELU -> RecurrentSpec.rnn(in, hidden).withActivation(Activation.RELU);
          case LSTM -> RecurrentSpec.lstm(in, hidden).withProjSize(spec.projSize());
          case GRU -> RecurrentSpec.gru(in, hidden);
        };
    return cell.withNumLayers(spec.numLayers())
        .withBidirectional(spec.bidirectional())
        .withBias(spec.bias());
  }

  /** One case on one queue. */
  private static final class Computation {
    final List<TensorDifference> differences = new ArrayList<>();
    private final ReferenceCase reference;
    private final ReferenceSpec spec;
    private final PackedShape shape;
    private final Queue queue;
    private final ParameterSet parameters;
    private final RecurrentLayer layer;
    private final BufferScope scope;
    private final int states;
    private final int outputSize;
    private final Matrix input;
    private final Matrix h0;
    private final @Nullable Matrix c0;

    Computation(
        ReferenceCase reference,
        Queue queue,
        ParameterSet parameters,
        RecurrentLayer layer,
        BufferScope scope) {
      this.reference = reference;
      this.queue = queue;
      this.parameters = parameters;
      this.layer = layer;
      this.scope = scope;
      spec = reference.spec();
      shape = PackedShape.of(reference.lengths());
      states = layer.spec().runs() * spec.batchSize();
      outputSize = layer.spec().outputSize();
      for (String name : spec.parameterShapes().keySet()) {
        parameters.get(name).upload(queue, values(name));
      }
      input = uploadPacked("input", spec.inputSize());
      h0 = upload("h0", spec.stateSize());
      c0 = hasCellState() ? upload("c0", spec.hiddenSize()) : null;
    }

    void infer() {
      Matrix output = scope.reals("output", shape.rows(), outputSize);
      Matrix hN = scope.reals("hN", states, spec.stateSize());
      Matrix cN = hasCellState() ? scope.reals("cN", states, spec.hiddenSize()) : null;
      layer.infer(queue, shape, input, h0, c0, output, hN, cN);
      downloadOutputs(output, hN, cN).forEach((name, y) -> compare("inference." + name, name, y));
    }

    void train() {
      Matrix dOutput = uploadPacked("loss_w_output", outputSize);
      Matrix dHn = upload("loss_w_hn", spec.stateSize());
      Matrix dCn = hasCellState() ? upload("loss_w_cn", spec.hiddenSize()) : null;
      Matrix dInput = scope.reals("dInput", shape.rows(), spec.inputSize());
      Matrix dH0 = scope.reals("dH0", states, spec.stateSize());
      Matrix dC0 = hasCellState() ? scope.reals("dC0", states, spec.hiddenSize()) : null;
      parameters.zeroGradients(queue);
      try (RecurrentLayer.Pass pass = layer.forward(queue, shape, input, h0, c0, 0)) {
        Map<String, double[]> outputs = downloadOutputs(pass.output(), pass.hN(), pass.cN());
        outputs.forEach((name, y) -> compare(name, name, y));
        compare("loss", "loss", new double[] {loss(outputs)});
        pass.backward(dOutput, dHn, dCn, dInput, dH0, dC0);
      }
      compareGradient("input", pad(dInput));
      compareGradient("h0", download(dH0));
      if (dC0 != null) {
        compareGradient("c0", download(dC0));
      }
      for (String name : spec.parameterShapes().keySet()) {
        compareGradient(name, parameters.get(name).downloadGradient(queue));
      }
    }

    private Map<String, double[]> downloadOutputs(Matrix output, Matrix hN, @Nullable Matrix cN) {
      Map<String, double[]> outputs = new LinkedHashMap<>();
      outputs.put("output", pad(output));
      outputs.put("hn", download(hN));
      if (cN != null) {
        outputs.put("cn", download(cN));
      }
      return outputs;
    }

    private double loss(Map<String, double[]> outputs) {
      double loss = 0;
      for (Map.Entry<String, double[]> output : outputs.entrySet()) {
        double[] y = output.getValue();
        double[] weights = values("loss_w_" + output.getKey());
        loss += IntStream.range(0, y.length).mapToDouble(i -> y[i] * weights[i]).sum();
      }
      return loss;
    }

    private void compareGradient(String name, double[] computed) {
      compare("grad." + name, "grad." + name, computed);
    }

    private void compare(String title, String name, double[] computed) {
      differences.add(TensorDifference.of(title, values(name), computed));
    }

    private Matrix uploadPacked(String name, int columns) {
      Matrix matrix = scope.reals(name, shape.rows(), columns);
      queue.upload(Packing.pack(shape, columns, values(name)), 0, matrix);
      return matrix;
    }

    private Matrix upload(String name, int columns) {
      Matrix matrix = scope.reals(name, states, columns);
      queue.upload(values(name), 0, matrix);
      return matrix;
    }

    private double[] download(Matrix matrix) {
      double[] values = new double[Math.toIntExact(matrix.size())];
      queue.download(matrix, values, 0);
      return values;
    }

    /** [T, B, columns] with T of the case, which may be longer than all of its sequences. */
    private double[] pad(Matrix packed) {
      double[] padded = Packing.pad(shape, packed.columns(), download(packed));
      return Arrays.copyOf(padded, spec.seqLen() * spec.batchSize() * packed.columns());
    }

    private double[] values(String name) {
      return reference.tensor(name).values();
    }

    private boolean hasCellState() {
      return layer.spec().cell().hasCellState();
    }
  }
}
