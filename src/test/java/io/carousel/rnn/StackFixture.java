package io.carousel.rnn;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A recurrent stack with random weights, inputs, states and output gradients on the host, which
 * runs on any device and plan. The loss is Σ output·dOutput + Σ hN·dHn + Σ cN·dCn, so that these
 * three are its gradients.
 */
public final class StackFixture {
  public final RecurrentSpec spec;
  public final PackedShape shape;

  /** Everything that the loss depends on: weights by PyTorch's names, input, h0, c0. */
  public final Map<String, double[]> variables = new LinkedHashMap<>();

  private final Map<String, double[]> outputGradients = new LinkedHashMap<>();

  public StackFixture(RecurrentSpec spec, PackedShape shape, long seed) {
    this(spec, shape, seed, 0.6);
  }

  /**
   * A fixture.
   *
   * @param bound of the weights; well above 1/√H the dynamics are chaotic, and errors grow with t
   */
  public StackFixture(RecurrentSpec spec, PackedShape shape, long seed, double bound) {
    this.spec = spec;
    this.shape = shape;
    Random random = new Random(seed);
    for (int run = 0; run < spec.runs(); run++) {
      String s = suffix(run);
      int in = spec.layerInputSize(run / spec.directions());
      put("weight_ih" + s, random, bound, spec.gateRows() * in);
      put("weight_hh" + s, random, bound, spec.gateRows() * spec.stateSize());
      if (spec.bias()) {
        put("bias_ih" + s, random, bound, spec.gateRows());
        put("bias_hh" + s, random, bound, spec.gateRows());
      }
      if (spec.projSize() > 0) {
        put("weight_hr" + s, random, bound, spec.stateSize() * spec.hiddenSize());
      }
      if (spec.peephole()) {
        put("peephole" + s, random, bound, 3 * spec.hiddenSize());
      }
    }
    int states = spec.runs() * shape.batchSize();
    put("input", random, 1, shape.rows() * spec.inputSize());
    put("h0", random, 1, states * spec.stateSize());
    outputGradients.put("output", draw(random, 1, shape.rows() * spec.outputSize()));
    outputGradients.put("hN", draw(random, 1, states * spec.stateSize()));
    if (spec.cell().hasCellState()) {
      put("c0", random, 1, states * spec.hiddenSize());
      outputGradients.put("cN", draw(random, 1, states * spec.hiddenSize()));
    }
  }

  private void put(String name, Random random, double bound, int size) {
    variables.put(name, draw(random, bound, size));
  }

  /** Values that floats represent exactly, so that every device starts from the same numbers. */
  private static double[] draw(Random random, double bound, int size) {
    return random.doubles(size, -bound, bound).map(x -> (float) x).toArray();
  }

  private String suffix(int run) {
    return "_l" + run / spec.directions() + (run % spec.directions() == 1 ? "_reverse" : "");
  }

  /** Outputs by name (output, hN, cN) and gradients by "grad." and the variable's name. */
  public Map<String, double[]> run(Device device, PlanChoice choice) {
    return run(device, choice, true);
  }

  /** The same; without gradients only the outputs, by the plan's inference. */
  public Map<String, double[]> run(Device device, PlanChoice choice, boolean training) {
    return run(device, choice, training, Products.FASTEST);
  }

  /** The same on a queue with such products. */
  public Map<String, double[]> run(
      Device device, PlanChoice choice, boolean training, Products products) {
    try (BufferScope scope = new BufferScope(device, "fixture");
        Queue queue = device.openQueue(products);
        RecurrentPlan plan = Plans.create(device, spec, PlanCapacity.of(shape), choice)) {
      Map<String, Matrix> values = upload(queue, scope, "", variables);
      Map<String, Matrix> gradients = upload(queue, scope, "grad.", variables);
      gradients.values().forEach(m -> queue.fill(m, 0));
      Map<String, Matrix> dOut = upload(queue, scope, "d.", outputGradients);
      Map<String, double[]> result = new LinkedHashMap<>();
      if (!training) {
        Map<String, Matrix> out = upload(queue, scope, "out.", outputGradients);
        plan.infer(
            queue,
            weights(values),
            shape,
            values.get("input"),
            values.get("h0"),
            values.get("c0"),
            out.get("output"),
            out.get("hN"),
            out.get("cN"));
        out.forEach((name, m) -> result.put(name, download(queue, m)));
        return result;
      }
      RecurrentPlan.Pass pass =
          plan.forwardTraining(
              queue,
              weights(values),
              shape,
              values.get("input"),
              values.get("h0"),
              values.get("c0"),
              3,
              77,
              null);
      result.put("output", download(queue, pass.output()));
      result.put("hN", download(queue, pass.hN()));
      if (pass.cN() != null) {
        result.put("cN", download(queue, pass.cN()));
      }
      pass.backward(
          dOut.get("output"),
          dOut.get("hN"),
          dOut.get("cN"),
          runs(gradients),
          gradients.get("input"),
          gradients.get("h0"),
          gradients.get("c0"));
      gradients.forEach((name, m) -> result.put("grad." + name, download(queue, m)));
      return result;
    }
  }

  /** The loss, from a training forward pass (so that dropout masks are the same). */
  public double loss(Map<String, double[]> outputs) {
    double sum = 0;
    for (Map.Entry<String, double[]> entry : outputGradients.entrySet()) {
      double[] value = outputs.get(entry.getKey());
      for (int i = 0; i < value.length; i++) {
        sum += value[i] * entry.getValue()[i];
      }
    }
    return sum;
  }

  private Map<String, Matrix> upload(
      Queue queue, BufferScope scope, String prefix, Map<String, double[]> from) {
    Map<String, Matrix> result = new LinkedHashMap<>();
    from.forEach(
        (name, data) -> {
          int columns = columns(name);
          Matrix matrix = scope.reals(prefix + name, data.length / columns, columns);
          queue.upload(data, 0, matrix);
          result.put(name, matrix);
        });
    return result;
  }

  private int columns(String name) {
    if (name.startsWith("weight_ih")) {
      return name.contains("_l0") ? spec.inputSize() : spec.outputSize();
    }
    if (name.startsWith("weight_hh") || name.equals("h0") || name.equals("hN")) {
      return spec.stateSize();
    }
    if (name.startsWith("bias")) {
      return spec.gateRows();
    }
    if (name.startsWith("weight_hr")
        || name.startsWith("peephole")
        || name.equals("c0")
        || name.equals("cN")) {
      return spec.hiddenSize();
    }
    return name.equals("input") ? spec.inputSize() : spec.outputSize();
  }

  private StackWeights weights(Map<String, Matrix> from) {
    return new StackWeights(runs(from), 1);
  }

  private List<LayerWeights> runs(Map<String, Matrix> from) {
    List<LayerWeights> weights = new ArrayList<>();
    for (int run = 0; run < spec.runs(); run++) {
      String s = suffix(run);
      weights.add(
          new LayerWeights(
              from.get("weight_ih" + s),
              from.get("weight_hh" + s),
              from.get("bias_ih" + s),
              from.get("bias_hh" + s),
              from.get("weight_hr" + s),
              from.get("peephole" + s)));
    }
    return weights;
  }

  static double[] download(Queue queue, Matrix matrix) {
    double[] data = new double[(int) matrix.size()];
    queue.download(matrix, data, 0);
    return data;
  }
}
