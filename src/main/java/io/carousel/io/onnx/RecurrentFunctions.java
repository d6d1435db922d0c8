package io.carousel.io.onnx;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions of a cell, as the attribute {@code activations} lists them for one direction. */
final class RecurrentFunctions {
  private static final Map<String, Activation> FUNCTIONS =
      Map.of("sigmoid", Activation.SIGMOID, "tanh", Activation.TANH, "relu", Activation.RELU);

  private RecurrentFunctions() {}

  /** A function with the numbers that it may take. */
  private record Named(String name, double alpha, double beta) {}

  /** What an operator has where nothing is said. */
  static List<String> standard(Cell cell) {
    return switch (cell) {
      case RNN -> List.of("Tanh");
      case GRU -> List.of("Sigmoid", "Tanh");
      case LSTM -> List.of("Sigmoid", "Tanh", "Tanh");
    };
  }

  /**
   * A stack with the functions of a direction.
   *
   * @param spec of the cell
   * @param attributes of the node
   * @param directions of the node
   * @param direction of which the functions are wanted
   * @throws IllegalArgumentException naming a function that is not supported
   */
  static RecurrentSpec with(
      RecurrentSpec spec, OnnxAttributes attributes, int directions, int direction) {
    int count = standard(spec.cell()).size();
    List<Activation> own = new ArrayList<>();
    for (Named named :
        named(spec.cell(), attributes, directions)
            .subList(direction * count, (direction + 1) * count)) {
      own.add(function(named));
    }
    return switch (spec.cell()) {
      case RNN -> spec.withActivation(own.get(0));
      case GRU -> spec.withGateActivation(own.get(0)).withActivation(own.get(1));
      case LSTM -> {
        if (own.get(1) != own.get(2)) {
          throw new IllegalArgumentException(
              "activations %s: different functions of cell input and output are not supported"
                  .formatted(own));
        }
        yield spec.withGateActivation(own.get(0)).withActivation(own.get(1));
      }
    };
  }

  private static List<Named> named(Cell cell, OnnxAttributes attributes, int directions) {
    List<String> names = attributes.texts("activations");
    int expected = standard(cell).size() * directions;
    if (names.isEmpty()) {
      names = new ArrayList<>();
      for (int d = 0; d < directions; d++) {
        names.addAll(standard(cell));
      }
    }
    if (names.size() != expected) {
      throw new IllegalArgumentException(
          "%d activations, expected %d of %d direction(s)"
              .formatted(names.size(), expected, directions));
    }
    return numbered(names, attributes);
  }

  /** Functions that have numbers take them from the lists in turn. */
  private static List<Named> numbered(List<String> names, OnnxAttributes attributes) {
    double[] alphas = attributes.numbers("activation_alpha");
    double[] betas = attributes.numbers("activation_beta");
    int a = 0;
    int b = 0;
    List<Named> functions = new ArrayList<>();
    for (String name : names) {
      double[] standard = numbers(name.toLowerCase(Locale.ROOT));
      double alpha = standard[0];
      double beta = standard[1];
      if (!Double.isNaN(alpha) && a < alphas.length) {
        alpha = alphas[a++];
      }
      if (!Double.isNaN(beta) && b < betas.length) {
        beta = betas[b++];
      }
      functions.add(new Named(name, alpha, beta));
    }
    if (a < alphas.length || b < betas.length) {
      throw new IllegalArgumentException(
          "activation_alpha %s and activation_beta %s are more numbers than activations %s take"
              .formatted(Arrays.toString(alphas), Arrays.toString(betas), names));
    }
    return functions;
  }

  /** The alpha and beta that a function has where nothing is said, NaN where it has none. */
  private static double[] numbers(String name) {
    return switch (name) {
      case "affine" -> new double[] {1, 0};
      case "hardsigmoid" -> new double[] {0.2, 0.5};
      case "leakyrelu" -> new double[] {0.01, Double.NaN};
      case "elu", "thresholdedrelu" -> new double[] {1, Double.NaN};
      case "scaledtanh" -> new double[] {1, 1};
      default -> new double[] {Double.NaN, Double.NaN};
    };
  }

  private static Activation function(Named f) {
    String name = f.name.toLowerCase(Locale.ROOT);
    if (name.equals("affine") && f.alpha == 1 && f.beta == 0) {
      return Activation.IDENTITY;
    }
    Activation function = FUNCTIONS.get(name);
    if (function == null) {
      String numbers =
          (Double.isNaN(f.alpha) ? "" : ", alpha " + f.alpha)
              + (Double.isNaN(f.beta) ? "" : ", beta " + f.beta);
      throw new IllegalArgumentException(
          "activation %s%s is not supported, these are: Sigmoid, Tanh, Relu, Affine with alpha 1 and beta 0"
              .formatted(f.name, numbers));
    }
    return function;
  }
}
