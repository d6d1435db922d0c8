package io.carousel.io.onnx;

import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An {@code RNN}, {@code LSTM} or {@code GRU} node, its attributes understood or refused.
 *
 * @param node the node
 * @param cell of all directions
 * @param hiddenSize H
 * @param order of the directions, as the outputs have them
 * @param batchFirst whether X and Y lie batch by batch (layout 1), else step by step
 * @param stacks what each direction is, for inputs of size 1 without biases and peepholes
 */
record RecurrentNode(
    OnnxNode node,
    Cell cell,
    int hiddenSize,
    List<Direction> order,
    boolean batchFirst,
    List<RecurrentSpec> stacks) {
  /** Which way a direction goes through a sequence. */
  enum Direction {
    FORWARD,
    REVERSE
  }

  private static final Map<String, Cell> CELLS =
      Map.of("RNN", Cell.RNN, "LSTM", Cell.LSTM, "GRU", Cell.GRU);
  private static final Set<String> COMMON =
      Set.of(
          "hidden_size",
          "direction",
          "layout",
          "clip",
          "activations",
          "activation_alpha",
          "activation_beta");

  /** Whether an operator is one of these. */
  static boolean isOne(String operator) {
    return CELLS.containsKey(operator);
  }

  /**
   * Understands a node.
   *
   * @param node one of these operators
   * @param hiddenSize H as R has it
   * @throws IllegalArgumentException naming node and attribute where one is not supported
   */
  static RecurrentNode of(OnnxNode node, int hiddenSize) {
    try {
      return read(node, hiddenSize);
    } catch (IllegalArgumentException e) {
      throw node.problem(String.valueOf(e.getMessage()));
    }
  }

  private static RecurrentNode read(OnnxNode node, int hiddenSize) {
    OnnxAttributes attributes = node.attributes();
    Cell cell = CELLS.get(node.operator());
    if (cell == null) {
      throw new IllegalArgumentException("no recurrent operator");
    }
    List<String> known = new ArrayList<>(COMMON);
    switch (cell) {
      case RNN -> {}
      case LSTM -> known.add("input_forget");
      case GRU -> known.add("linear_before_reset");
    }
    attributes.requireOnly(Set.copyOf(known));
    if (attributes.integer("hidden_size", hiddenSize) != hiddenSize) {
      throw new IllegalArgumentException(
          "hidden_size is %d, R has %d columns"
              .formatted(attributes.integer("hidden_size", 0), hiddenSize));
    }
    List<Direction> order = order(attributes.text("direction", "forward"));
    List<RecurrentSpec> stacks = new ArrayList<>();
    for (int d = 0; d < order.size(); d++) {
      RecurrentSpec functions =
          RecurrentFunctions.with(plain(cell, hiddenSize), attributes, order.size(), d);
      stacks.add(withOptions(functions.withBias(false), attributes));
    }
    return new RecurrentNode(
        node, cell, hiddenSize, order, flag(attributes, "layout"), List.copyOf(stacks));
  }

  private static RecurrentSpec plain(Cell cell, int hiddenSize) {
    return switch (cell) {
      case RNN -> RecurrentSpec.rnn(1, hiddenSize);
      case LSTM -> RecurrentSpec.lstm(1, hiddenSize);
      case GRU -> RecurrentSpec.gru(1, hiddenSize);
    };
  }

  private static RecurrentSpec withOptions(RecurrentSpec spec, OnnxAttributes attributes) {
    return switch (spec.cell()) {
      case RNN -> spec;
      case LSTM -> spec.withCoupledInputForget(flag(attributes, "input_forget"));
      case GRU -> spec.withResetAfter(flag(attributes, "linear_before_reset"));
    };
  }

  private static boolean flag(OnnxAttributes attributes, String name) {
    long value = attributes.integer(name, 0);
    if (value != 0 && value != 1) {
      throw new IllegalArgumentException("%s is %d, expected 0 or 1".formatted(name, value));
    }
    return value == 1;
  }

  private static List<Direction> order(String direction) {
    return switch (direction) {
      case "forward" -> List.of(Direction.FORWARD);
      case "reverse" -> List.of(Direction.REVERSE);
      case "bidirectional" -> List.of(Direction.FORWARD, Direction.REVERSE);
      default ->
          throw new IllegalArgumentException(
              "direction '%s' is not supported, these are: forward, reverse, bidirectional"
                  .formatted(direction));
    };
  }

  /** D. */
  int directions() {
    return order.size();
  }
}
