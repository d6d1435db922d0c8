package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.nn.ActivationLayer;
import io.carousel.nn.Pass;
import java.util.Arrays;

/**
 * A function g and its derivative, as the library's layer computes them forward and backward.
 *
 * @param function g
 * @param value g(z)
 * @param derivative g′(z), from a backward pass with dOutput = 1
 */
record ActivationCurve(Activation function, double[] value, double[] derivative) {
  static ActivationCurve of(Device device, Activation g, double... z) {
    double[] value = new double[z.length];
    double[] derivative = new double[z.length];
    try (Queue queue = device.openQueue();
        MatrixPool pool = new MatrixPool(device, "activation curve")) {
      Matrix input = pool.lease(1, z.length);
      Matrix dOutput = pool.lease(1, z.length);
      Matrix dInput = pool.lease(1, z.length);
      queue.upload(z, 0, input);
      queue.fill(dOutput, 1);
      try (Pass pass = new ActivationLayer(pool, g, z.length).forward(queue, input)) {
        queue.download(pass.output(), value, 0);
        pass.backward(dOutput, dInput);
      }
      queue.download(dInput, derivative, 0);
    }
    return new ActivationCurve(g, value, derivative);
  }

  /** The largest difference between g′(z) and [g(z + δ) - g(z - δ)] / 2δ. */
  static double slopeError(Device device, Activation g, double... z) {
    double delta = 1e-5;
    double[] above = of(device, g, Arrays.stream(z).map(x -> x + delta).toArray()).value;
    double[] below = of(device, g, Arrays.stream(z).map(x -> x - delta).toArray()).value;
    double[] slope = new double[z.length];
    Arrays.setAll(slope, i -> (above[i] - below[i]) / (2 * delta));
    return Scores.largestDifference(of(device, g, z).derivative, slope);
  }

  /** The function's usual name. */
  String name() {
    return function.equals(Activation.RELU) ? "ReLU" : function.toString();
  }

  double largestDerivative() {
    return Arrays.stream(derivative).max().orElse(Double.NaN);
  }
}
