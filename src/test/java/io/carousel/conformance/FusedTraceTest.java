package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.CpuInstructions;
import io.carousel.TestDevices;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trace sees the same of a device's own plan as of the stepwise one. */
class FusedTraceTest {
  private static final int INPUTS = 6;

  private static final List<PackedShape> SHAPES =
      List.of(PackedShape.of(3, 7, 0, 5, 7, 1), PackedShape.dense(4, 3), PackedShape.of(0, 0));

  private static List<RecurrentSpec> cells() {
    return List.of(
        RecurrentSpec.lstm(INPUTS, 19),
        RecurrentSpec.gru(INPUTS, 33),
        RecurrentSpec.rnn(INPUTS, 70));
  }

  static Stream<Arguments> stacks() {
    return CpuInstructions.available()
        .flatMap(
            instructions ->
                cells().stream()
                    .flatMap(
                        spec ->
                            SHAPES.stream()
                                .map(
                                    shape ->
                                        Arguments.of(
                                            instructions,
                                            spec.withNumLayers(2).withBidirectional(true),
                                            shape))));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void equalsThatOfTheStepwisePlan(String instructions, RecurrentSpec spec, PackedShape shape) {
    try (CpuInstructions chosen = new CpuInstructions(instructions);
        Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2))) {
      check(device, spec, shape, 2e-6f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda-emulated", "cuda-emulated-reversed"})
  void equalsThatOfTheStepwisePlanOnAGpu(String name) {
    String why = TestDevices.provider(name).whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    try (Device device = Devices.open(name)) {
      for (RecurrentSpec cell : cells()) {
        RecurrentSpec spec = cell.withNumLayers(2).withBidirectional(true);
        for (PackedShape shape : SHAPES) {
          check(device, spec.withPrecision(Precision.TF32), shape, 5e-3f);
          check(device, spec.withPrecision(Precision.BF16), shape, 5e-2f);
        }
      }
    }
  }

  private static void check(Device device, RecurrentSpec spec, PackedShape shape, float tolerance) {
    Map<String, float[]> expected = run(device, spec, shape, PlanChoice.STEPWISE, true);
    Map<String, float[]> traced = run(device, spec, shape, PlanChoice.FUSED, true);
    int cells = spec.cell().hasCellState() ? 1 : 0;
    assertEquals(4 * shape.steps() * (2 + cells), expected.size() - 2);
    assertEquals(expected.keySet(), traced.keySet());
    expected.forEach(
        (name, values) -> assertArrayEquals(values, traced.get(name), tolerance, name));
    // and looking changes nothing
    Map<String, float[]> unseen = run(device, spec, shape, PlanChoice.FUSED, false);
    unseen.forEach((name, values) -> assertArrayEquals(values, traced.get(name), name));
  }

  private static Map<String, float[]> run(
      Device device, RecurrentSpec spec, PackedShape shape, PlanChoice choice, boolean traced) {
    try (Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 3, "test");
        RecurrentLayer layer = RecurrentLayer.builder(spec).plan(choice).build(parameters, "");
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = random(queue, scope, shape.rows(), INPUTS);
      Matrix dOutput = random(queue, scope, shape.rows(), spec.outputSize());
      Matrix dInput = scope.reals("dInput", shape.rows(), INPUTS);
      Matrix dH0 = scope.reals("dH0", spec.runs() * shape.batchSize(), spec.hiddenSize());
      Seen seen = new Seen(queue, shape);
      RecurrentLayer.Pass pass =
          layer.forward(queue, shape, x, null, null, 1, traced ? seen : null);
      pass.backward(dOutput, null, null, dInput, dH0, null);
      seen.values.put("dInput", seen.copy(dInput));
      seen.values.put("dH0", seen.copy(dH0));
      return seen.values;
    }
  }

  private static Matrix random(Queue queue, BufferScope scope, int rows, int columns) {
    Matrix matrix = scope.reals("random", rows, columns);
    double[] values = new Random(rows + columns).doubles(matrix.size(), -1, 1).toArray();
    queue.upload(values, 0, matrix);
    return matrix;
  }

  /** Copies everything that it is told. */
  private record Seen(Queue queue, PackedShape shape, Map<String, float[]> values)
      implements RecurrentPlan.Trace {
    Seen(Queue queue, PackedShape shape) {
      this(queue, shape, new LinkedHashMap<>());
    }

    float[] copy(Matrix matrix) {
      float[] copy = new float[(int) matrix.size()];
      queue.download(matrix, copy, 0);
      return copy;
    }

    @Override
    public void forward(int run, int t, Matrix gates, Matrix cell) {
      assertEquals(shape.stepRows(t), gates.rows());
      values.put("gates " + run + " " + t, copy(gates));
      if (cell != null) {
        values.put("cell " + run + " " + t, copy(cell));
      }
    }

    @Override
    public void backward(int run, int t, Matrix dh) {
      assertEquals(shape.stepRows(t), dh.rows());
      values.put("dh " + run + " " + t, copy(dh));
    }
  }
}
