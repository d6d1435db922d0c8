package io.carousel.io.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a graph are, node by node. Trials with a few sequences cannot tell a choice by
 * place (the latest eight steps) or by size (numbers below 100) from none, so that operators which
 * choose are let through in the forms alone that choose the same however long and large the
 * sequences are: the last step or the first, a direction, a layer, some units, what lies within the
 * lengths.
 */
final class GraphFlow {
  private enum Kind {
    SEQUENCE("the sequences"),
    /** Y of a node, [T, D, N, H]. */
    STEPS("what a recurrent node gives"),
    /** Y_h and Y_c of a node, or of several one behind the other, [L·D, N, H]. */
    ENDS("the last states"),
    /** Y, Y_h or Y_c after somebody moved its axes. */
    RESULT("what a recurrent node gives"),
    /** Y as [T, N, D, H]. */
    TURNED("what a recurrent node gives"),
    /** Y as [T, N, D·H] or [N, T, D·H], as PyTorch has it. */
    ROWS("what a recurrent node gives"),
    /** One step of these, [N, D·H]. */
    ROW("what a recurrent node gives"),
    /** After the linear layer. */
    OUTPUT("the output"),
    /** Initial states as they are given, [L·D, N, H]. */
    STATES("the initial states"),
    /** Those of a layer. */
    STATE("initial states"),
    LENGTHS("the lengths"),
    /** Made of sizes of axes and of constants. */
    SIZES("sizes of axes"),
    /** 0, 1, …, T - 1. */
    TIMES("numbers of steps"),
    /** What lies before the ends of sequences. */
    MASK("a mask");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final Set<Kind> MOVED = EnumSet.of(Kind.RESULT, Kind.TURNED, Kind.ROWS, Kind.ROW);
  private static final Set<Kind> OF_LAYERS = EnumSet.copyOf(MOVED);

  static {
    OF_LAYERS.addAll(Set.of(Kind.STEPS, Kind.ENDS));
  }

  private static final Set<Integer> WIDE =
      Set.of(
          OnnxType.FLOAT.code(),
          OnnxType.DOUBLE.code(),
          OnnxType.INT32.code(),
          OnnxType.INT64.code());

  private final Map<String, OnnxTensor> known;
  private final Map<String, Kind> kinds = new HashMap<>();

  /**
   * The values of a graph whose first input is the sequences.
   *
   * @param known constants, more of which may come
   */
  GraphFlow(OnnxGraph graph, Map<String, OnnxTensor> known) {
    this.known = known;
    List<OnnxGraph.Value> inputs = graph.freeInputs();
    for (int i = 0; i < inputs.size(); i++) {
      OnnxGraph.Value input = inputs.get(i);
      boolean lengths = !input.type().isReal() && input.axes().size() == 1;
      kinds.put(input.name(), i == 0 ? Kind.SEQUENCE : lengths ? Kind.LENGTHS : Kind.STATES);
    }
  }

  /**
   * Follows a node that is none of constants alone.
   *
   * @throws IllegalArgumentException naming it when it may choose in a way that no model does
   */
  void follow(OnnxNode node) {
    if (RecurrentNode.isOne(node.operator())) {
      followLayer(node);
      return;
    }
    Kind result =
        switch (node.operator()) {
          case "Shape" -> Kind.SIZES;
          case "MatMul", "Gemm" -> require(node, 0, OF_LAYERS, Kind.OUTPUT);
          case "Add" -> require(node, isKnown(node, 0) ? 1 : 0, Set.of(Kind.OUTPUT), Kind.OUTPUT);
          case "Gather" -> gathered(node);
          case "Slice" -> sliced(node);
          case "Split" -> split(node);
          case "Concat" -> joined(node);
          case "ConstantOfShape", "Expand" -> {
            requireSizes(node, 0);
            yield Kind.SIZES;
          }
          case "Range" -> times(node);
          case "Less" -> mask(node);
          case "Where" -> masked(node);
          default ->
              HeadFunctions.isOne(node.operator())
                  ? require(node, 0, Set.of(Kind.OUTPUT), Kind.OUTPUT)
                  : arranged(node);
        };
    int carrying = node.operator().equals("Split") ? node.outputs().size() : 1;
    node.outputs()
        .subList(0, Math.min(carrying, node.outputs().size()))
        .forEach(output -> kinds.put(output, result));
  }

  private void followLayer(OnnxNode node) {
    if (!MOVED.contains(kinds.get(node.input(0)))) {
      require(node, 0, Set.of(Kind.SEQUENCE, Kind.STEPS), Kind.RESULT);
    }
    if (!node.input(4).isEmpty()) {
      if (isKnown(node, 4)) {
        throw node.problem(
            "sequence_lens is a constant: the lengths must be an input of the graph");
      }
      require(node, 4, Set.of(Kind.LENGTHS, Kind.SIZES), Kind.LENGTHS);
    }
    for (int state = 5; state <= 6; state++) {
      if (!node.input(state).isEmpty() && !isKnown(node, state)) {
        require(node, state, Set.of(Kind.STATES, Kind.STATE, Kind.SIZES), Kind.STATE);
      }
    }
    boolean moved = node.attributes().integer("layout", 0) == 1;
    for (int i = 0; i < node.outputs().size(); i++) {
      kinds.put(node.output(i), moved ? Kind.RESULT : i == 0 ? Kind.STEPS : Kind.ENDS);
    }
  }

  private Kind gathered(OnnxNode node) {
    OnnxTensor index = known.get(node.input(1));
    if (isKnown(node, 0)) {
      return require(node, 1, Set.of(Kind.SEQUENCE), Kind.SEQUENCE); // the embedding
    }
    long axis = node.attributes().integer("axis", 0);
    if (index != null) {
      Kind part = part(node, axis);
      if (part != null) {
        return part;
      }
      if (Arrays.stream(index.values()).allMatch(i -> i == -1)
          || Arrays.stream(index.values()).allMatch(i -> i == 0)) {
        boolean row = kinds.get(node.input(0)) == Kind.ROWS && index.rank() == 0;
        return row ? Kind.ROW : outermost(node);
      }
    }
    throw choice(node);
  }

  private Kind sliced(OnnxNode node) {
    long[] starts = list(node, "starts", 1);
    long[] ends = list(node, "ends", 2);
    long[] axes = list(node, "axes", 3);
    long[] steps = list(node, "steps", 4);
    boolean stepwise =
        steps == null ? node.input(4).isEmpty() : Arrays.stream(steps).allMatch(step -> step == 1);
    Kind kind = kinds.get(node.input(0));
    if (kind == null || starts == null || ends == null || starts.length != ends.length) {
      throw choice(node);
    }
    boolean placed = axes == null ? node.input(3).isEmpty() : axes.length == starts.length;
    if (!stepwise || !placed) {
      throw choice(node);
    }
    Kind result = kind;
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] != 0 || ends[i] < Integer.MAX_VALUE) { // less than the whole axis
        Kind part = part(node, axes == null ? i : axes[i]);
        boolean last = starts[i] == -1 && ends[i] >= Integer.MAX_VALUE;
        boolean first = starts[i] == 0 && ends[i] == 1;
        if (part == null && !last && !first) {
          throw choice(node);
        }
        result = part == null ? outermost(node) : part;
      }
    }
    return result;
  }

  private Kind split(OnnxNode node) {
    Kind part = part(node, node.attributes().integer("axis", 0));
    if (part == null || !(node.input(1).isEmpty() || isKnown(node, 1))) {
      throw choice(node);
    }
    return part;
  }

  /** A choice among layers, directions, units or sizes of axes; null when it is another one. */
  private @Nullable Kind part(OnnxNode node, long axis) {
    Kind kind = kinds.get(node.input(0));
    if (kind == Kind.SIZES) {
      return Kind.SIZES;
    }
    if (kind == Kind.STATES && (axis == 0 || axis == -3)) {
      return Kind.STATE;
    }
    boolean directions =
        (kind == Kind.STEPS && (axis == 1 || axis == -3))
            || (kind == Kind.ENDS && (axis == 0 || axis == -3));
    boolean units =
        (kind == Kind.ROWS && (axis == 2 || axis == -1))
            || (kind == Kind.ROW && (axis == 1 || axis == -1));
    return directions || units ? Kind.RESULT : null;
  }

  /** The last step or the first; which of them a model has is left to the trials. */
  private Kind outermost(OnnxNode node) {
    Kind kind = kinds.get(node.input(0));
    if (kind == Kind.OUTPUT || (kind != null && OF_LAYERS.contains(kind))) {
      return kind == Kind.OUTPUT ? kind : Kind.RESULT;
    }
    throw choice(node);
  }

  private Kind joined(OnnxNode node) {
    List<@Nullable Kind> parts = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      parts.add(isKnown(node, i) ? Kind.SIZES : kinds.get(node.input(i)));
    }
    if (parts.stream().allMatch(kind -> kind == Kind.SIZES)) {
      return Kind.SIZES;
    }
    if (parts.stream().allMatch(kind -> kind == Kind.ENDS)
        && node.attributes().integer("axis", 0) == 0) {
      return Kind.ENDS;
    }
    if (parts.stream().allMatch(kind -> kind != null && OF_LAYERS.contains(kind))) {
      return Kind.RESULT;
    }
    throw choice(node);
  }

  private Kind times(OnnxNode node) {
    if (isKnown(node, 0, 0) && isKnown(node, 2, 1)) {
      return require(node, 1, Set.of(Kind.SIZES), Kind.TIMES);
    }
    throw choice(node);
  }

  /** Steps before the end, or sequences that have steps. */
  private Kind mask(OnnxNode node) {
    if (isKnown(node, 0, 0) || kinds.get(node.input(0)) == Kind.TIMES) {
      return require(node, 1, Set.of(Kind.LENGTHS), Kind.MASK);
    }
    throw choice(node);
  }

  /** Steps or 0, last states or the initial ones. */
  private Kind masked(OnnxNode node) {
    Kind kind = kinds.get(node.input(1));
    boolean steps = isKnown(node, 2, 0) && (kind == Kind.OUTPUT || MOVED.contains(kind));
    boolean ends = kind == Kind.ENDS && kinds.get(node.input(2)) == Kind.STATE;
    if (kind != null && kinds.get(node.input(0)) == Kind.MASK && (steps || ends)) {
      return MOVED.contains(kind) ? Kind.RESULT : kind; // a mask may have more axes
    }
    throw choice(node);
  }

  /** Elements in another order that depends on sizes only, or as they are. */
  private Kind arranged(OnnxNode node) {
    String operator = node.operator();
    for (int i = 1; i < node.inputs().size(); i++) {
      requireSizes(node, i);
    }
    Kind kind = isKnown(node, 0) ? Kind.SIZES : kinds.get(node.input(0));
    boolean narrow =
        operator.equals("Cast") && !WIDE.contains((int) node.attributes().integer("to", 0));
    if (kind == null || narrow) {
      throw choice(node);
    }
    if (Set.of("Identity", "Cast", "Dropout").contains(operator)) {
      return kind;
    }
    return OF_LAYERS.contains(kind) ? moved(node, kind) : kind == Kind.STATES ? Kind.STATE : kind;
  }

  /** What a recurrent node gives with its axes elsewhere, where that is how PyTorch has them. */
  private Kind moved(OnnxNode node, Kind kind) {
    OnnxTensor shape = known.get(node.input(1));
    boolean turned = kind == Kind.STEPS && isTransposed(node, 0, 2, 1, 3);
    boolean joined =
        kind == Kind.TURNED
            && node.operator().equals("Reshape")
            && shape != null
            && Arrays.equals(shape.values(), new double[] {0, 0, -1});
    boolean batchFirst = kind == Kind.ROWS && isTransposed(node, 1, 0, 2);
    return turned ? Kind.TURNED : joined || batchFirst ? Kind.ROWS : Kind.RESULT;
  }

  private static boolean isTransposed(OnnxNode node, long... order) {
    return node.operator().equals("Transpose")
        && Arrays.equals(node.attributes().integers("perm"), order);
  }

  private void requireSizes(OnnxNode node, int index) {
    if (!node.input(index).isEmpty() && !isKnown(node, index)) {
      require(node, index, Set.of(Kind.SIZES), Kind.SIZES);
    }
  }

  private Kind require(OnnxNode node, int index, Set<Kind> wanted, Kind result) {
    Kind kind = kinds.get(node.input(index));
    if (kind == null || !wanted.contains(kind)) {
      throw choice(node);
    }
    return result;
  }

  private boolean isKnown(OnnxNode node, int index) {
    return known.containsKey(node.input(index));
  }

  private boolean isKnown(OnnxNode node, int index, double value) {
    OnnxTensor tensor = known.get(node.input(index));
    return tensor != null && tensor.size() == 1 && tensor.values()[0] == value;
  }

  /** A list that older operators have as an attribute; null when it is no constant. */
  private long @Nullable [] list(OnnxNode node, String name, int index) {
    OnnxTensor tensor = known.get(node.input(index));
    return tensor == null
        ? node.attributes().integers(name)
        : Arrays.stream(tensor.values()).mapToLong(value -> (long) value).toArray();
  }

  private IllegalArgumentException choice(OnnxNode node) {
    List<String> operands = new ArrayList<>();
    for (String name : node.inputs()) {
      Kind kind = kinds.get(name);
      if (kind != null && !operands.contains(kind.words)) {
        operands.add(kind.words);
      }
    }
    return node.problem(
        "of %s, it is not part of a model of Carousel, which has embedding, recurrent layers and one linear layer of every step or the last; OnnxProgram may run it"
            .formatted(operands.isEmpty() ? "these operands" : String.join(" and ", operands)));
  }
}
