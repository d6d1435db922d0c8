package io.carousel.io.onnx;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An operator with its operands.
 *
 * @param name may be empty
 * @param operator of the standard domain, such as LSTM
 * @param inputs names of values; an empty one stands for an optional input that is not given
 * @param outputs names of values; an empty one stands for an output that nobody wants
 * @param attributes of the operator
 */
record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    OnnxAttributes attributes) {
  OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The name of an input, empty where it is not given. */
  String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** The name of an output, empty where nobody wants it. */
  String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  /** Which node this is, in words. */
  @Override
  public String toString() {
    return name.isEmpty()
        ? "the %s that makes %s".formatted(operator, outputs)
        : "node '%s' (%s)".formatted(name, operator);
  }

  /** A problem of this node, which is named once. */
  IllegalArgumentException problem(String what) {
    String lead = this + ": ";
    return new IllegalArgumentException(what.startsWith(lead) ? what : lead + what);
  }

  /**
   * Does something for this node.
   *
   * @throws IllegalArgumentException naming it, whatever attributes and shapes that do not fit led
   *     to
   */
  <T extends @Nullable Object> T naming(Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      IllegalArgumentException problem = problem(String.valueOf(e.getMessage()));
      problem.initCause(e);
      throw problem;
    }
  }
}
