package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Passes of one plan that are open together do not see each other's weights. */
class OpenPassesTest {
  private static final PackedShape SHAPE = PackedShape.dense(5, 2);

  @TestFactory
  Stream<DynamicTest> eachGoesBackThroughItsOwnWeights() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : Devices.providers()) {
      if (!provider.name().equals("cuda") && provider.whyUnavailable() == null) {
        for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
          for (PlanChoice plan : new PlanChoice[] {PlanChoice.STEPWISE, PlanChoice.FUSED}) {
            for (int before : new int[] {0, 3}) {
              tests.add(
                  DynamicTest.dynamicTest(
                      "%s, %s, %s, %d passes before"
                          .formatted(provider.name(), precision, plan, before),
                      () -> check(provider, precision, plan, before)));
            }
          }
        }
      }
    }
    return tests.stream();
  }

  /**
   * Compares the gradient of an input with that of a pass alone.
   *
   * @param before passes that ended, after two of which a device may record the next
   */
  private static void check(
      DeviceProvider provider, Precision precision, PlanChoice choice, int before) {
    RecurrentSpec spec = RecurrentSpec.rnn(3, 4).withPrecision(precision);
    try (Device device = provider.open(0, DeviceOptions.DEFAULT)) {
      PlanCapacity capacity = PlanCapacity.of(SHAPE);
      boolean hasPlan =
          choice == PlanChoice.STEPWISE
              ? device.supports(precision)
              : device.whyNotFused(spec, capacity) == null;
      if (!hasPlan) {
        return;
      }
      try (Queue queue = device.openQueue();
          BufferScope scope = new BufferScope(device, "test");
          RecurrentPlan plan = Plans.create(device, spec, capacity, choice)) {
        StackWeights mine = weights(queue, scope, 0.3);
        StackWeights other = weights(queue, scope, -0.2);
        Matrix x = filled(queue, scope, SHAPE.rows(), 3, 0.5);
        List<LayerWeights> gradients = weights(queue, scope, 0).runs();
        for (int i = 0; i < before; i++) {
          backward(queue, scope, forward(queue, plan, mine, x), gradients);
        }
        double[] alone = backward(queue, scope, forward(queue, plan, mine, x), gradients);
        RecurrentPlan.Pass pass = forward(queue, plan, mine, x);
        if (before == 3 && queue.whyNotRecorded() == null) {
          assertEquals("recorded", plan.launch().split(";", 2)[0]);
        }
        RecurrentPlan.Pass between = forward(queue, plan, other, x);
        double[] together = backward(queue, scope, pass, gradients);
        assertArrayEquals(alone, together, 0);
        double[] others = backward(queue, scope, between, gradients);
        assertTrue(Math.abs(others[0] - alone[0]) > 0.01, "weights that cannot be told apart");
      }
    }
  }

  private static RecurrentPlan.Pass forward(
      Queue queue, RecurrentPlan plan, StackWeights weights, Matrix x) {
    return plan.forwardTraining(queue, weights, SHAPE, x, null, null, 1, 1, null);
  }

  private static double[] backward(
      Queue queue, BufferScope scope, RecurrentPlan.Pass pass, List<LayerWeights> gradients) {
    Matrix dOutput = filled(queue, scope, SHAPE.rows(), 4, 1);
    Matrix dInput = filled(queue, scope, SHAPE.rows(), 3, 0);
    pass.backward(dOutput, null, null, gradients, dInput, null, null);
    return StackFixture.download(queue, dInput);
  }

  private static StackWeights weights(Queue queue, BufferScope scope, double value) {
    LayerWeights layer =
        new LayerWeights(
            filled(queue, scope, 4, 3, value),
            filled(queue, scope, 4, 4, value),
            filled(queue, scope, 1, 4, value),
            filled(queue, scope, 1, 4, value),
            null,
            null);
    return new StackWeights(List.of(layer), 1);
  }

  private static Matrix filled(
      Queue queue, BufferScope scope, int rows, int columns, double value) {
    Matrix matrix = scope.reals("test", rows, columns);
    queue.fill(matrix, value);
    return matrix;
  }
}
