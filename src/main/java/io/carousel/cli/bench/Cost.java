package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.RecurrentSpec;

/**
 * What a step of a case costs at least; docs/performance.md has the formulas.
 *
 * @param flop floating-point operations of the matrix products: 2·Σn_t·G·H·(in + H) for each layer
 *     and direction forward, three times that with gradients
 * @param trafficBytes that must move even if everything between inputs and outputs stayed in
 *     registers: weights, inputs and outputs, each as often as the {@link BenchMode} says
 */
public record Cost(double flop, double trafficBytes) {

  /** The cost of a case on a device, whose real numbers have 4 or 8 bytes. */
  public static Cost of(BenchCase what, Device device) {
    RecurrentSpec spec = what.spec();
    BenchMode mode = what.mode();
    double rows = what.shape().packed().rows();
    double products = 0; // rows of gates · (inputs + units), of all layers and directions
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      double in = spec.layerInputSize(layer);
      products += (double) spec.directions() * spec.gateRows() * (in + spec.hiddenSize());
    }
    double numbers =
        (double) mode.weightPasses() * spec.parameterCount()
            + mode.inputPasses() * rows * spec.inputSize()
            + mode.outputPasses() * rows * spec.outputSize();
    return new Cost(
        2 * products * rows * mode.forwardEquivalents(), numbers * device.realType().bytes());
  }
}
