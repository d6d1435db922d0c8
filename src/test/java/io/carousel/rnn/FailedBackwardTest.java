package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.WatchedDevice;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a caller is told when more than one thing goes wrong on the way back. */
class FailedBackwardTest {
  private static final PackedShape SHAPE = PackedShape.dense(3, 2);

  /** It is the cause, and what waiting for the queues then says comes with it. */
  @Test
  void theFirstFailureIsThrown() {
    IllegalStateException first = new IllegalStateException("a product failed");
    IllegalStateException second = new IllegalStateException("then waiting failed too");
    AtomicReference<String> failing = new AtomicReference<>("");
    try (Device real = Devices.open("reference")) {
      Device device =
          WatchedDevice.of(
              real,
              method -> {
                if (method.equals(failing.get())) {
                  failing.set("await");
                  throw method.equals("gemm") ? first : second;
                }
              });
      try (Queue queue = device.openQueue();
          BufferScope scope = new BufferScope(real, "test");
          StepwisePlan plan =
              new StepwisePlan(
                  device, RecurrentSpec.rnn(2, 4), PlanCapacity.of(SHAPE), "as a test wants")) {
        Matrix x = scope.reals("x", SHAPE.rows(), 2);
        Matrix d = scope.reals("d", SHAPE.rows(), 4);
        RecurrentPlan.Pass pass =
            plan.forwardTraining(queue, weights(scope), SHAPE, x, null, null, 1, 1, null);
        List<LayerWeights> gradients = weights(scope).runs();
        failing.set("gemm");
        Exception thrown =
            assertThrows(
                IllegalStateException.class,
                () -> pass.backward(d, null, null, gradients, null, null, null));
        failing.set("");
        assertSame(first, thrown);
        assertTrue(List.of(thrown.getSuppressed()).contains(second));
        assertFalse(plan.isBusy());
      }
    }
  }

  private static StackWeights weights(BufferScope scope) {
    LayerWeights layer =
        new LayerWeights(
            scope.reals("ih", 4, 2),
            scope.reals("hh", 4, 4),
            scope.reals("bias", 1, 4),
            scope.reals("bias", 1, 4),
            null,
            null);
    return new StackWeights(List.of(layer), 1);
  }
}
