package io.carousel.conformance;

import io.carousel.device.BufferScope;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** All operands of an LSTM's plan with random numbers, each a view with as wide gaps as wanted. */
public final class PlanFixture implements AutoCloseable {
  Matrix input;
  private final Queue queue;
  private final PackedShape shape;
  private final BufferScope scope;
  private final int gap;
  private final Map<String, Matrix> results = new LinkedHashMap<>();
  private final Map<String, Matrix> outputGradients = new LinkedHashMap<>();
  private final List<LayerWeights> runs = new ArrayList<>();
  private final List<LayerWeights> gradients = new ArrayList<>();
  private final Matrix h0;
  private final Matrix c0;
  private StackWeights weights;
  private int draw = 3;

  public PlanFixture(Queue queue, RecurrentSpec spec, PackedShape shape, int gap) {
    this.queue = queue;
    this.shape = shape;
    this.gap = gap;
    scope = new BufferScope(queue.device(), "fixture");
    int rows = shape.rows();
    int states = spec.runs() * shape.batchSize();
    int units = spec.hiddenSize();
    input = random(1, rows, spec.inputSize());
    h0 = random(2, states, units);
    c0 = random(3, states, units);
    outputGradients.put("dOutput", random(4, rows, spec.outputSize()));
    outputGradients.put("dHn", random(5, states, units));
    outputGradients.put("dCn", random(6, states, units));
    results.put("output", view(rows, spec.outputSize()));
    results.put("hN", view(states, units));
    results.put("cN", view(states, units));
    results.put("dInput", view(rows, spec.inputSize()));
    results.put("dH0", view(states, units));
    results.put("dC0", view(states, units));
    for (int run = 0; run < spec.runs(); run++) {
      int in = spec.layerInputSize(run / spec.directions());
      int gateRows = spec.gateRows();
      runs.add(
          layer(view(gateRows, in), view(gateRows, units), view(1, gateRows), view(1, gateRows)));
      LayerWeights gradient =
          layer(view(gateRows, in), view(gateRows, units), view(1, gateRows), view(1, gateRows));
      gradients.add(gradient);
      results.put("dWeightIh" + run, gradient.weightIh());
      results.put("dWeightHh" + run, gradient.weightHh());
      results.put("dBiasIh" + run, gradient.biasIh());
      results.put("dBiasHh" + run, gradient.biasHh());
    }
    writeWeights(1);
  }

  private static LayerWeights layer(Matrix ih, Matrix hh, Matrix biasIh, Matrix biasHh) {
    return new LayerWeights(ih, hh, biasIh, biasHh, null, null);
  }

  private Matrix view(int rows, int columns) {
    Matrix wide = scope.reals("operand", rows, columns + gap);
    queue.fill(wide, Double.NaN); // which nobody must read
    Matrix view = wide.columns(gap / 2, columns);
    queue.fill(view, 0);
    return view;
  }

  private Matrix random(int seed, int rows, int columns) {
    Matrix view = view(rows, columns);
    randomise(seed, view);
    return view;
  }

  private void randomise(int seed, Matrix matrix) {
    queue.upload(new Random(seed).doubles(matrix.size(), -0.4, 0.4).toArray(), 0, matrix);
  }

  /** Other weights, other inputs, states and gradients, and another draw for each version. */
  void writeAll(int version) {
    writeWeights(version);
    int seed = 100_000 * (version + 1);
    randomise(seed++, input);
    randomise(seed++, h0);
    randomise(seed++, c0);
    for (Matrix gradient : outputGradients.values()) {
      randomise(seed++, gradient);
    }
    draw = version;
  }

  /** Other weights for each version. */
  void writeWeights(int version) {
    int seed = 100 * version;
    for (LayerWeights w : runs) {
      for (Matrix matrix : new Matrix[] {w.weightIh(), w.weightHh(), w.biasIh(), w.biasHh()}) {
        randomise(seed++, matrix);
      }
    }
    weights = new StackWeights(runs, version);
  }

  void zeroOutputGradients() {
    outputGradients.values().forEach(matrix -> queue.fill(matrix, 0));
  }

  Map<String, float[]> infer(RecurrentPlan plan) {
    Matrix output = results.get("output");
    Matrix hN = results.get("hN");
    plan.infer(queue, weights, shape, input, h0, c0, output, hN, results.get("cN"));
    return read("output", "hN", "cN");
  }

  public RecurrentPlan.Pass forward(RecurrentPlan plan) {
    return forward(plan, null);
  }

  public RecurrentPlan.Pass forward(RecurrentPlan plan, RecurrentPlan.Trace trace) {
    return plan.forwardTraining(queue, weights, shape, input, h0, c0, draw, 77, trace);
  }

  Map<String, float[]> train(RecurrentPlan plan) {
    return backward(forward(plan));
  }

  Map<String, float[]> backward(RecurrentPlan.Pass pass) {
    Matrix dOutput = outputGradients.get("dOutput");
    Matrix dHn = outputGradients.get("dHn");
    Matrix dCn = outputGradients.get("dCn");
    return all(
        pass,
        () ->
            pass.backward(
                dOutput,
                dHn,
                dCn,
                gradients,
                results.get("dInput"),
                results.get("dH0"),
                results.get("dC0")));
  }

  Map<String, float[]> backwardOfNothing(RecurrentPlan.Pass pass) {
    return all(
        pass,
        () ->
            pass.backward(
                null,
                null,
                null,
                gradients,
                results.get("dInput"),
                results.get("dH0"),
                results.get("dC0")));
  }

  Map<String, float[]> backwardForWeights(RecurrentPlan.Pass pass) {
    Map<String, float[]> all =
        all(
            pass,
            () ->
                pass.backward(
                    outputGradients.get("dOutput"),
                    outputGradients.get("dHn"),
                    outputGradients.get("dCn"),
                    gradients,
                    null,
                    null,
                    null));
    all.keySet().removeAll(List.of("dInput", "dH0", "dC0"));
    return all;
  }

  /** The call alone, which touches the queue in no other way. */
  void onlyBackward(RecurrentPlan.Pass pass) {
    pass.backward(null, null, null, gradients, null, null, null);
  }

  /** Everything that a pass gives; weight gradients start from zero. */
  private Map<String, float[]> all(RecurrentPlan.Pass pass, Runnable backward) {
    Map<String, Supplier<Matrix>> outputs =
        Map.of("output", pass::output, "hN", pass::hN, "cN", pass::cN);
    Map<String, float[]> values = new LinkedHashMap<>();
    outputs.forEach((name, matrix) -> values.put(name, read(matrix.get())));
    results.forEach(
        (name, matrix) -> {
          if (name.startsWith("d")) {
            queue.fill(matrix, 0);
          }
        });
    backward.run();
    results.forEach(
        (name, matrix) -> {
          if (name.startsWith("d")) {
            values.put(name, read(matrix));
          }
        });
    return values;
  }

  private Map<String, float[]> read(String... names) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : names) {
      values.put(name, read(results.get(name)));
    }
    return values;
  }

  private float[] read(Matrix matrix) {
    float[] values = new float[(int) matrix.size()];
    queue.download(matrix, values, 0);
    return values;
  }

  @Override
  public void close() {
    scope.close();
  }
}
