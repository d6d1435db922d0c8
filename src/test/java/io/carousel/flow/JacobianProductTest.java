package io.carousel.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Queue;
import io.carousel.nn.Initializer;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class JacobianProductTest {
  private static void with(
      String deviceName,
      RecurrentLayer.Builder<?, ?> cell,
      BiConsumer<RecurrentLayer, Queue> body) {
    try (Device device = Devices.open(deviceName);
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 3, "test");
        RecurrentLayer layer = cell.build(parameters, "rnn")) {
      body.accept(layer, queue);
    }
  }

  /** With f = identity and two units the product is Wᵏ, by hand. */
  @Test
  void productsOfALinearNetworkArePowers() {
    Initializer w = (rows, columns, random) -> new double[] {1, 2, 0, 3};
    var cell = Rnn.builder(1, 2).activation(Activation.IDENTITY).recurrentInitializer(w);
    with(
        "reference",
        cell,
        (layer, queue) -> {
          StateVectors start = StateVectors.zeros(layer.spec(), 1);
          JacobianProduct square = JacobianProduct.along(layer, queue, start, new double[2]).get(2);
          double[] values = {square.at(0, 0), square.at(0, 1), square.at(1, 0), square.at(1, 1)};
          assertArrayEquals(new double[] {1, 8, 0, 9}, values, 1e-14);
          assertEquals(Math.log(Math.sqrt(146 / 2.0)), square.logMeanNorm(), 1e-12);
          // AᵀA = [[1, 8], [8, 145]], whose larger eigenvalue is 73 + √(72² + 64)
          double largest = Math.log(73 + Math.sqrt(72 * 72 + 64)) / 2;
          assertEquals(largest, square.logSpectralNorm(), 1e-9);
        });
  }

  @Test
  void nothingUnderflowsInFloat32() {
    var cell =
        Rnn.builder(1, 3)
            .activation(Activation.IDENTITY)
            .recurrentInitializer(Initializer.identity(1e-3));
    with(
        "cpu",
        cell,
        (layer, queue) -> {
          StateVectors start = StateVectors.zeros(layer.spec(), 1);
          var products = JacobianProduct.along(layer, queue, start, new double[40]);
          assertEquals(40 * Math.log(1e-3), products.get(40).logSpectralNorm(), 1e-4);
        });
  }

  /** What a product over two steps says of an LSTM, against its two factors. */
  @Test
  void lagTwoIsTheProductOfTwoStepsOfAnLstm() {
    with(
        "reference",
        Lstm.builder(2, 2),
        (layer, queue) -> {
          double[] x = {0.5, -1, 2, 0.25};
          StateVectors start = new StateVectors(new double[] {0.1, -0.4}, new double[] {1, -2});
          List<JacobianProduct> both = JacobianProduct.along(layer, queue, start, x);
          JacobianProduct first =
              JacobianProduct.along(layer, queue, start, new double[] {0.5, -1}).get(1);
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              double sum = 0;
              for (int k = 0; k < 4; k++) {
                sum += both.get(1).at(i, k) * first.at(k, j);
              }
              assertEquals(sum, both.get(2).at(i, j), 1e-14);
            }
          }
        });
  }

  @Test
  void whatCannotBeUnrolledIsRefused() {
    with(
        "reference",
        Rnn.builder(1, 2).layers(2),
        (layer, queue) -> {
          StateVectors start = StateVectors.zeros(layer.spec(), 1);
          assertThrows(
              IllegalArgumentException.class, () -> new UnrolledSteps(layer, queue, start));
        });
    with(
        "reference",
        Lstm.builder(1, 2),
        (layer, queue) ->
            assertThrows(
                IllegalArgumentException.class,
                () -> new UnrolledSteps(layer, queue, new StateVectors(new double[2], null))));
  }
}
