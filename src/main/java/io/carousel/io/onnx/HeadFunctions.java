package io.carousel.io.onnx;

import io.carousel.device.Activation;
import java.util.List;

/** The functions of a head between Carousel and ONNX's operators. */
final class HeadFunctions {
  private HeadFunctions() {}

  /**
   * Adds a function to a graph.
   *
   * @return the value of its result; x itself for the identity
   * @throws IllegalArgumentException for a function that is not exported, by name
   */
  static String add(GraphBuilder graph, String name, String x, Activation f) {
    List<String> operands = List.of(x);
    if (f.clip() == 0) {
      switch (f.kind()) {
        case IDENTITY -> {
          return x;
        }
        case SIGMOID -> {
          return graph.node("Sigmoid", name, operands);
        }
        case TANH -> {
          return graph.node("Tanh", name, operands);
        }
        case RELU -> {
          return graph.node("Relu", name, operands);
        }
        case SOFTSIGN -> {
          return graph.node("Softsign", name, operands);
        }
        case SOFTPLUS -> {
          return graph.node("Softplus", name, operands);
        }
        case LEAKY_RELU -> {
          return graph.node("LeakyRelu", name, operands, "alpha", f.alpha());
        }
        case ELU -> {
          return graph.node("Elu", name, operands, "alpha", f.alpha());
        }
        case HARD_SIGMOID -> {
          return graph.node("HardSigmoid", name, operands, "alpha", f.alpha(), "beta", f.beta());
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException("a head with the function %s is not exported".formatted(f));
  }

  /** The function of an operator, as {@link #add} makes it. */
  static Activation of(OnnxNode node) {
    OnnxAttributes attributes = node.attributes();
    return switch (node.operator()) {
      case "Sigmoid" -> Activation.SIGMOID;
      case "Tanh" -> Activation.TANH;
      case "Relu" -> Activation.RELU;
      case "Softsign" -> Activation.SOFTSIGN;
      case "Softplus" -> Activation.SOFTPLUS;
      case "LeakyRelu" -> Activation.leakyRelu(attributes.number("alpha", 0.01));
      case "Elu" -> Activation.elu(attributes.number("alpha", 1));
      case "HardSigmoid" ->
          Activation.hardSigmoid(attributes.number("alpha", 0.2), attributes.number("beta", 0.5));
      default -> throw node.problem("no function of a head");
    };
  }

  /** Whether an operator is one of these. */
  static boolean isOne(String operator) {
    return OPERATORS.contains(operator);
  }

  private static final List<String> OPERATORS =
      List.of("Sigmoid", "Tanh", "Relu", "Softsign", "Softplus", "LeakyRelu", "Elu", "HardSigmoid");
}
