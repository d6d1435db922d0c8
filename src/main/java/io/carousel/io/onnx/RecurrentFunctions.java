package io.carousel.io.onnx;

import io.carousel.device.Activation;
import io.carousel.device.Activation.Kind;
import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The functions of a cell between Carousel and the attributes {@code activations} (f, g, h of each
 * direction, compared without case), {@code activation_alpha} and {@code activation_beta} (numbers
 * of those functions that have some, in their order) and {@code clip}, which bounds what f and g
 * see.
 */
final class RecurrentFunctions {
  private static final Map<Kind, String> NAMES =
      Map.ofEntries(
          Map.entry(Kind.IDENTITY, "Affine"),
          Map.entry(Kind.SIGMOID, "Sigmoid"),
          Map.entry(Kind.TANH, "Tanh"),
          Map.entry(Kind.RELU, "Relu"),
          Map.entry(Kind.AFFINE, "Affine"),
          Map.entry(Kind.LEAKY_RELU, "LeakyRelu"),
          Map.entry(Kind.THRESHOLDED_RELU, "ThresholdedRelu"),
          Map.entry(Kind.SCALED_TANH, "ScaledTanh"),
          Map.entry(Kind.HARD_SIGMOID, "HardSigmoid"),
          Map.entry(Kind.ELU, "Elu"),
          Map.entry(Kind.SOFTSIGN, "Softsign"),
          Map.entry(Kind.SOFTPLUS, "Softplus"));

  private RecurrentFunctions() {}

  /** What an operator has where nothing is said. */
  private static List<String> standard(Cell cell) {
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
    List<Activation> own =
        functions(spec.cell(), attributes, directions)
            .subList(direction * count, (direction + 1) * count);
    double clip = attributes.number("clip", 0);
    Activation first = own.get(0).withClip(clip);
    return switch (spec.cell()) {
      case RNN -> spec.withActivation(first);
      case GRU -> spec.withGateActivation(first).withActivation(own.get(1).withClip(clip));
      case LSTM ->
          spec.withGateActivation(first)
              .withActivation(own.get(1).withClip(clip))
              .withCellOutputActivation(own.get(2));
    };
  }

  private static List<Activation> functions(Cell cell, OnnxAttributes attributes, int directions) {
    List<String> names = attributes.texts("activations");
    if (names.isEmpty()) {
      names =
          Collections.nCopies(directions, standard(cell)).stream().flatMap(List::stream).toList();
    }
    int expected = standard(cell).size() * directions;
    if (names.size() != expected) {
      throw new IllegalArgumentException(
          "%d activations, expected %d of %d direction(s)"
              .formatted(names.size(), expected, directions));
    }
    double[] alphas = attributes.numbers("activation_alpha");
    double[] betas = attributes.numbers("activation_beta");
    int a = 0;
    int b = 0;
    List<Activation> functions = new ArrayList<>();
    for (String name : names) {
      Kind kind = kind(name);
      double alpha = 0;
      double beta = 0;
      if (kind.hasAlpha()) {
        alpha = a < alphas.length ? alphas[a] : standardAlpha(kind);
        a++;
      }
      if (kind.hasBeta()) {
        beta = b < betas.length ? betas[b] : standardBeta(kind);
        b++;
      }
      boolean identity = kind == Kind.AFFINE && alpha == 1 && beta == 0;
      functions.add(identity ? Activation.IDENTITY : new Activation(kind, alpha, beta, 0));
    }
    if (a < alphas.length || b < betas.length) {
      throw new IllegalArgumentException(
          "activation_alpha %s and activation_beta %s are more numbers than activations %s take"
              .formatted(Arrays.toString(alphas), Arrays.toString(betas), names));
    }
    return functions;
  }

  private static Kind kind(String name) {
    for (Map.Entry<Kind, String> entry : NAMES.entrySet()) {
      if (entry.getKey() != Kind.IDENTITY
          && entry.getValue().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException(
        "activation %s is not supported, these are: %s"
            .formatted(name, NAMES.values().stream().distinct().sorted().toList()));
  }

  /** Where ONNX and ONNX Runtime do not agree on a number, it must be said. */
  private static double standardAlpha(Kind kind) {
    return switch (kind) {
      case HARD_SIGMOID -> 0.2;
      case LEAKY_RELU -> 0.01;
      case ELU -> 1;
      default -> throw new IllegalArgumentException(NAMES.get(kind) + " needs activation_alpha");
    };
  }

  private static double standardBeta(Kind kind) {
    return switch (kind) {
      case HARD_SIGMOID -> 0.5;
      case AFFINE -> 0;
      default -> throw new IllegalArgumentException(NAMES.get(kind) + " needs activation_beta");
    };
  }

  /**
   * The attributes that say a stack's functions, none where they are the standard ones.
   *
   * @throws IllegalArgumentException when the operators cannot say it
   */
  static Map<String, Object> attributes(RecurrentSpec spec) {
    List<Activation> functions =
        switch (spec.cell()) {
          case RNN -> List.of(spec.activation());
          case GRU -> List.of(spec.gateActivation(), spec.activation());
          case LSTM ->
              List.of(spec.gateActivation(), spec.activation(), spec.cellOutputActivation());
        };
    double clip = functions.get(0).clip();
    List<String> names = new ArrayList<>();
    List<Double> alphas = new ArrayList<>();
    List<Double> betas = new ArrayList<>();
    for (int d = 0; d < spec.directions(); d++) {
      for (int i = 0; i < functions.size(); i++) {
        Activation f = functions.get(i);
        if (f.clip() != (i == 2 ? 0 : clip)) {
          throw new IllegalArgumentException(
              "activations %s: ONNX has one bound for what all but the cell's output function see"
                  .formatted(functions));
        }
        names.add(NAMES.get(f.kind()));
        boolean identity = f.kind() == Kind.IDENTITY;
        if (f.kind().hasAlpha() || identity) {
          alphas.add(identity ? 1 : f.alpha());
        }
        if (f.kind().hasBeta() || identity) {
          betas.add(f.beta());
        }
      }
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (!names.subList(0, functions.size()).equals(standard(spec.cell()))) {
      attributes.put("activations", List.copyOf(names));
      putNumbers(attributes, "activation_alpha", alphas);
      putNumbers(attributes, "activation_beta", betas);
    }
    if (clip > 0) {
      attributes.put("clip", clip);
    }
    return attributes;
  }

  private static void putNumbers(
      Map<String, Object> attributes, String name, List<Double> numbers) {
    if (!numbers.isEmpty()) {
      attributes.put(name, numbers.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }
}
