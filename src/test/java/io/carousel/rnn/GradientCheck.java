package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import java.util.Map;

/** Compares all gradients of a stack with central differences of its loss. */
final class GradientCheck {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;

  private GradientCheck() {}

  /** Returns what the stack computed. */
  static Map<String, double[]> require(StackFixture fixture, Device device) {
    Map<String, double[]> result = fixture.run(device, PlanChoice.STEPWISE);
    for (Map.Entry<String, double[]> variable : fixture.variables.entrySet()) {
      double[] gradient = result.get("grad." + variable.getKey());
      double[] value = variable.getValue();
      int stride = Math.max(1, value.length / 40); // large tensors: every 40th element or so
      for (int i = 0; i < value.length; i += stride) {
        double numeric = numericGradient(fixture, device, value, i);
        double error = Math.abs(numeric - gradient[i]) / Math.max(1, Math.abs(numeric));
        assertTrue(
            error <= TOLERANCE,
            () -> variable.getKey() + ": gradient is off by " + error + " from " + numeric);
      }
    }
    return result;
  }

  private static double numericGradient(
      StackFixture fixture, Device device, double[] value, int i) {
    double old = value[i];
    value[i] = old + STEP;
    double up = fixture.loss(fixture.run(device, PlanChoice.STEPWISE));
    value[i] = old - STEP;
    double down = fixture.loss(fixture.run(device, PlanChoice.STEPWISE));
    value[i] = old;
    return (up - down) / (2 * STEP);
  }
}
