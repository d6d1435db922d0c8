package io.carousel.rnn;

import io.carousel.device.RecurrentSpec;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one layer and direction of a stack: their names, which are PyTorch's but for the
 * peepholes that it has not, and their shapes.
 */
enum StackTensor {
  WEIGHT_IH,
  WEIGHT_HH,
  BIAS_IH,
  BIAS_HH,
  WEIGHT_HR,
  PEEPHOLE;

  /** The logical shape in a layer; null where the stack has no such tensor. */
  int @Nullable [] shape(RecurrentSpec spec, int layer) {
    return switch (this) {
      case WEIGHT_IH -> new int[] {spec.gateRows(), spec.layerInputSize(layer)};
      case WEIGHT_HH -> new int[] {spec.gateRows(), spec.stateSize()};
      case BIAS_IH, BIAS_HH -> spec.bias() ? new int[] {spec.gateRows()} : null;
      case WEIGHT_HR -> spec.projSize() > 0 ? new int[] {spec.projSize(), spec.hiddenSize()} : null;
      case PEEPHOLE -> spec.peephole() ? new int[] {3, spec.hiddenSize()} : null;
    };
  }

  /** The name, such as {@code weight_ih_l0} or {@code bias_hh_l1_reverse}. */
  String name(int layer, boolean reverse) {
    return stem() + "_l" + layer + (reverse ? "_reverse" : "");
  }

  /** The name without layer and direction. */
  String stem() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The shape of every tensor of a stack, by name, in the order of its parameters. */
  static Map<String, int[]> shapes(RecurrentSpec spec) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    for (int run = 0; run < spec.runs(); run++) {
      int layer = run / spec.directions();
      for (StackTensor tensor : values()) {
        int[] shape = tensor.shape(spec, layer);
        if (shape != null) {
          shapes.put(tensor.name(layer, run % spec.directions() == 1), shape);
        }
      }
    }
    return shapes;
  }
}
