package io.carousel.rnn;

import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ModuleTensors;
import io.carousel.nn.TensorSource;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A stack found in a {@code state_dict} of PyTorch: all that its tensors' names and shapes tell of
 * it, and their values.
 *
 * @param spec the stack; functions of the cell are PyTorch's
 * @param weights of every parameter, by name
 */
record LoadedStack(RecurrentSpec spec, Map<String, double[]> weights) {
  private static final String FIRST_IH = StackTensor.WEIGHT_IH.name(0, false);
  private static final String FIRST_HH = StackTensor.WEIGHT_HH.name(0, false);
  private static final String FIRST_HR = StackTensor.WEIGHT_HR.name(0, false);
  private static final int MOST = 12;
  private static final Pattern LAYER = Pattern.compile("[a-z_]+_l(\\d{1,9})(_reverse)?");

  /**
   * Reads a stack.
   *
   * @param cell which the caller knows: no tensor says it
   * @param source where the tensors are
   * @param prefix of the module
   * @throws IOException naming all tensors that do not belong to such a stack
   */
  static LoadedStack read(Cell cell, TensorSource source, String prefix) throws IOException {
    ModuleTensors module = new ModuleTensors(source, prefix);
    if (!module.names().contains(FIRST_IH) || !module.names().contains(FIRST_HH)) {
      throw module.refusal(
          "no recurrent layer, which has %s and %s; the file's are %s"
              .formatted(FIRST_IH, FIRST_HH, prefixes(source)));
    }
    RecurrentSpec spec;
    try {
      spec = infer(cell, module);
    } catch (IllegalArgumentException e) {
      throw module.refusal(String.valueOf(e.getMessage()));
    }
    String what =
        "%s of %d features, %d units, %d layer(s), %s"
            .formatted(
                cell,
                spec.inputSize(),
                spec.hiddenSize(),
                spec.numLayers(),
                spec.bidirectional() ? "both directions" : "one direction");
    return new LoadedStack(spec, module.read(what, StackTensor.shapes(spec)));
  }

  private static RecurrentSpec infer(Cell cell, ModuleTensors module) throws IOException {
    int inputSize = module.matrixSize(FIRST_IH)[1];
    int[] hh = module.matrixSize(FIRST_HH);
    boolean projected = module.names().contains(FIRST_HR);
    int units = projected ? module.matrixSize(FIRST_HR)[1] : hh[1];
    if (hh[0] != (long) cell.gates() * units) {
      throw new IllegalArgumentException(
          "%s is [%d, %d], expected [%d, %d] of %s with %d units%s"
              .formatted(
                  FIRST_HH,
                  hh[0],
                  hh[1],
                  (long) cell.gates() * units,
                  hh[1],
                  indefinite(cell),
                  units,
                  likely(hh[0], units)));
    }
    Set<String> layers = new TreeSet<>();
    boolean bidirectional = false;
    for (String name : module.names()) {
      Matcher parts = LAYER.matcher(name);
      if (parts.matches()) {
        layers.add(parts.group(1));
        bidirectional |= parts.group(2) != null;
      }
    }
    RecurrentSpec spec =
        switch (cell) {
          case RNN -> RecurrentSpec.rnn(inputSize, units);
          case LSTM -> RecurrentSpec.lstm(inputSize, units);
          case GRU -> RecurrentSpec.gru(inputSize, units);
        };
    return spec.withNumLayers(layers.size())
        .withBidirectional(bidirectional)
        .withBias(has(module, StackTensor.BIAS_IH) || has(module, StackTensor.BIAS_HH))
        .withPeephole(has(module, StackTensor.PEEPHOLE))
        .withProjSize(projected ? hh[1] : 0);
  }

  private static boolean has(ModuleTensors module, StackTensor tensor) {
    return module.names().stream().anyMatch(name -> name.startsWith(tensor.stem() + "_l"));
  }

  private static String likely(int rows, int units) {
    for (Cell cell : Cell.values()) {
      if (rows == (long) cell.gates() * units) {
        return "; this is " + indefinite(cell);
      }
    }
    return "";
  }

  private static String indefinite(Cell cell) {
    return (cell == Cell.GRU ? "a " : "an ") + cell;
  }

  private static String prefixes(TensorSource source) {
    Set<String> prefixes = new TreeSet<>();
    for (String name : source.names()) {
      if (name.equals(FIRST_IH) || name.endsWith("." + FIRST_IH)) {
        prefixes.add(
            "'" + name.substring(0, Math.max(0, name.length() - FIRST_IH.length() - 1)) + "'");
      }
    }
    return prefixes.isEmpty()
        ? "none"
        : prefixes.stream().limit(MOST).collect(Collectors.joining(", "))
            + (prefixes.size() > MOST ? ", …" : "");
  }
}
