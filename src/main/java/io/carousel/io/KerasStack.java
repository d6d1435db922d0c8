package io.carousel.io;

import static io.carousel.io.KerasWeights.BIAS;
import static io.carousel.io.KerasWeights.KERNEL;
import static io.carousel.io.KerasWeights.RECURRENT;

import io.carousel.device.Cell;
import io.carousel.device.GateLayout;
import io.carousel.nn.ModuleTensors;
import io.carousel.nn.TensorSource;
import io.carousel.rnn.RecurrentLayer;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recurrent layers of Keras as one stack of ours.
 *
 * @param inputSize I
 * @param units H of every layer
 * @param layers how many
 * @param bidirectional whether each is a {@code Bidirectional} wrapper
 * @param biases rows of the bias: 0 without, 2 of a GRU with {@code reset_after}, else 1
 * @param weights by our names, in our order of gates
 */
record KerasStack(
    int inputSize,
    int units,
    int layers,
    boolean bidirectional,
    int biases,
    Map<String, double[]> weights) {
  // a wrapper's direction, a cell and the weight stand behind a layer's name; the last two may miss
  private static final Pattern RECURRENT_LAYER =
      Pattern.compile("(.+?)(/(forward|backward)_[^/]+)?(/[^/]*cell[^/]*)?/recurrent_kernel(:0)?");

  <B extends RecurrentLayer.Builder<B, ?>> B give(B builder) {
    return builder.layers(layers).bidirectional(bidirectional).bias(biases > 0).weights(weights);
  }

  static KerasStack read(TensorSource tensors, GateLayout gates, String... layers)
      throws IOException {
    if (layers.length == 0) {
      throw new IllegalArgumentException("name at least one layer");
    }
    ModuleTensors first = KerasWeights.module(tensors, layers[0]);
    boolean both = first.names().contains("forward/" + KERNEL);
    String lead = both ? "forward/" : "";
    if (!first.names().contains(lead + KERNEL) || !first.names().contains(lead + RECURRENT)) {
      throw first.refusal(
          "no recurrent layer, which has %s and %s; the file's are %s"
              .formatted(KERNEL, RECURRENT, recurrentLayers(tensors)));
    }
    int inputSize = first.matrixSize(lead + KERNEL)[0];
    int units = first.matrixSize(lead + RECURRENT)[0];
    int biases = 0;
    if (first.names().contains(lead + BIAS)) {
      boolean two = gates.cell() == Cell.GRU && first.shape(lead + BIAS).length == 2;
      biases = two ? 2 : 1;
    }
    Map<String, double[]> weights = new LinkedHashMap<>();
    int in = inputSize;
    for (int layer = 0; layer < layers.length; layer++) {
      ModuleTensors module = KerasWeights.module(tensors, layers[layer]);
      Map<String, double[]> values =
          module.read(
              "%s of %d inputs, %d units".formatted(gates.cell(), in, units),
              shapes(gates.cell().gates() * units, in, units, both, biases));
      for (String direction : directions(both)) {
        String suffix = "_l" + layer + (direction.startsWith("b") ? "_reverse" : "");
        add(weights, suffix, gates, values, direction, units, biases);
      }
      in = both ? 2 * units : units;
    }
    return new KerasStack(inputSize, units, layers.length, both, biases, weights);
  }

  private static List<String> directions(boolean both) {
    return both ? List.of("forward/", "backward/") : List.of("");
  }

  private static Map<String, int[]> shapes(
      int columns, int in, int units, boolean both, int biases) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    for (String direction : directions(both)) {
      shapes.put(direction + KERNEL, new int[] {in, columns});
      shapes.put(direction + RECURRENT, new int[] {units, columns});
      if (biases > 0) {
        shapes.put(direction + BIAS, biases == 2 ? new int[] {2, columns} : new int[] {columns});
      }
    }
    return shapes;
  }

  private static void add(
      Map<String, double[]> weights,
      String suffix,
      GateLayout gates,
      Map<String, double[]> values,
      String direction,
      int units,
      int biases) {
    int columns = gates.cell().gates() * units;
    double[] kernel = Objects.requireNonNull(values.get(direction + KERNEL));
    double[] recurrent = Objects.requireNonNull(values.get(direction + RECURRENT));
    weights.put(
        "weight_ih" + suffix, new Kernel(kernel, columns).gates(gates, 0, kernel.length / columns));
    weights.put("weight_hh" + suffix, new Kernel(recurrent, columns).gates(gates, 0, units));
    if (biases > 0) {
      double[] bias = Objects.requireNonNull(values.get(direction + BIAS));
      weights.put("bias_ih" + suffix, biasRow(gates, bias, 0, columns));
      weights.put(
          "bias_hh" + suffix, biases == 2 ? biasRow(gates, bias, 1, columns) : new double[columns]);
    }
  }

  private static String recurrentLayers(TensorSource tensors) {
    Set<String> layers = new TreeSet<>();
    for (String name : tensors.names()) {
      Matcher parts = RECURRENT_LAYER.matcher(name);
      if (parts.matches()) {
        layers.add(parts.group(1));
      }
    }
    return Names.list(layers);
  }

  private static double[] biasRow(GateLayout gates, double[] bias, int row, int columns) {
    return gates.toOurs(Arrays.copyOfRange(bias, row * columns, (row + 1) * columns));
  }
}
