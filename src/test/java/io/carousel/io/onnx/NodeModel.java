package io.carousel.io.onnx;

import io.carousel.device.Cell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A model of one recurrent node, all of its inputs given from outside, with random numbers. */
final class NodeModel {
  final Cell cell;
  final Map<String, Object> attributes = new LinkedHashMap<>();
  final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private static final List<String> PLACES =
      List.of("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P");
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private final String direction;
  private List<String> outputs;
  private OnnxType type = OnnxType.FLOAT;
  private int opset = 14;
  private final Random random;
  private final int steps;
  private final int batchSize;
  private final int inputSize;
  private final int hidden;

  NodeModel(Cell cell, String direction, int t, int n, int i, int h, long seed) {
    this.cell = cell;
    this.direction = direction;
    random = new Random(seed);
    steps = t;
    batchSize = n;
    inputSize = i;
    hidden = h;
    attributes.put("hidden_size", (long) h);
    if (!direction.equals("forward")) {
      attributes.put("direction", direction);
    }
    outputs = cell == Cell.LSTM ? List.of("Y", "Y_h", "Y_c") : List.of("Y", "Y_h");
    int rows = cell.gates() * h;
    inputs.put("X", random(t, n, i));
    inputs.put("W", random(directions(), rows, i));
    inputs.put("R", random(directions(), rows, h));
  }

  int directions() {
    return direction.equals("bidirectional") ? 2 : 1;
  }

  OnnxTensor random(int... shape) {
    double[] values = new double[OnnxTensor.size(shape)];
    Arrays.setAll(values, i -> (float) (random.nextGaussian() * 0.5));
    return new OnnxTensor(type, shape, values);
  }

  NodeModel with(String attribute, Object value) {
    attributes.put(attribute, value);
    return this;
  }

  NodeModel bias() {
    inputs.put("B", random(directions(), 2 * cell.gates() * hidden));
    return this;
  }

  NodeModel lengths(int... lengths) {
    double[] values = Arrays.stream(lengths).asDoubleStream().toArray();
    inputs.put("sequence_lens", new OnnxTensor(OnnxType.INT32, new int[] {batchSize}, values));
    return this;
  }

  NodeModel initial() {
    inputs.put("initial_h", random(directions(), batchSize, hidden));
    if (cell == Cell.LSTM) {
      inputs.put("initial_c", random(directions(), batchSize, hidden));
    }
    return this;
  }

  NodeModel peepholes() {
    inputs.put("P", random(directions(), 3 * hidden));
    return this;
  }

  /** Which outputs are wanted; an empty name for those that are not. */
  NodeModel wanting(String... names) {
    outputs = List.of(names);
    return this;
  }

  NodeModel opset(int version) {
    opset = version;
    return this;
  }

  /** Weights are constants of the graph, not its inputs. */
  NodeModel constant() {
    for (String name : List.of("W", "R", "B", "P")) {
      OnnxTensor tensor = inputs.remove(name);
      if (tensor != null) {
        constants.put(name, tensor);
      }
    }
    return this;
  }

  /** What the graph's inputs take, in order. */
  Map<String, OnnxTensor> inputs() {
    Map<String, OnnxTensor> ordered = new LinkedHashMap<>();
    for (String place : PLACES) {
      OnnxTensor tensor = inputs.get(place);
      if (tensor != null) {
        ordered.put(place, tensor);
      }
    }
    return ordered;
  }

  /** All numbers in another type. */
  NodeModel as(OnnxType other) {
    type = other;
    inputs.replaceAll(
        (name, tensor) ->
            tensor.type().isReal()
                ? new OnnxTensor(other, tensor.shape(), tensor.values())
                : tensor);
    return this;
  }

  /** The same, batch by batch. */
  NodeModel batchFirst() {
    attributes.put("layout", 1L);
    for (String name : List.of("X", "initial_h", "initial_c")) {
      inputs.computeIfPresent(name, (unused, tensor) -> Axes.transpose(tensor, 1, 0, 2));
    }
    return this;
  }

  OnnxModel model() {
    List<String> names = new ArrayList<>();
    List<OnnxGraph.Value> values = new ArrayList<>();
    for (String place : PLACES) {
      @Nullable OnnxTensor tensor = inputs.get(place);
      names.add(tensor == null && !constants.containsKey(place) ? "" : place);
      if (tensor != null) {
        values.add(
            new OnnxGraph.Value(
                place,
                tensor.type(),
                Arrays.stream(tensor.shape()).mapToObj(Integer::toString).toList()));
      }
    }
    while (names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    OnnxNode node = new OnnxNode("", cell.name(), names, outputs, new OnnxAttributes(attributes));
    List<OnnxGraph.Value> results =
        outputs.stream()
            .filter(name -> !name.isEmpty())
            .map(name -> new OnnxGraph.Value(name, type, axes(name)))
            .toList();
    return new OnnxModel(
        opset, "test", Map.of(), new OnnxGraph("node", values, results, constants, List.of(node)));
  }

  private List<String> axes(String output) {
    List<String> axes = new ArrayList<>(List.of("d", "n", Integer.toString(hidden)));
    if (output.equals("Y")) {
      axes.add(0, "t");
    }
    return axes.stream().map(axis -> axis.length() == 1 ? output + axis : axis).toList();
  }

  @Override
  public String toString() {
    return "%s %s T=%d N=%d I=%d H=%d, %s, inputs %s, outputs %s, opset %d"
        .formatted(
            cell,
            direction,
            steps,
            batchSize,
            inputSize,
            hidden,
            attributes.keySet(),
            inputs.keySet(),
            outputs,
            opset);
  }
}
