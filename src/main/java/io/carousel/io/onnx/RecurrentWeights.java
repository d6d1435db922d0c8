package io.carousel.io.onnx;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.GateLayout;
import io.carousel.device.RecurrentSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one direction between ONNX and Carousel: W [G·H, I], R [G·H, H], B [2·G·H] and P
 * [3·H] of the operator on one side, {@code weight_ih}, {@code weight_hh}, {@code bias_ih}, {@code
 * bias_hh} and {@code peephole} on the other.
 *
 * <p>Coupled gates: ONNX has f = 1 − i, Carousel i = 1 − f. Where 1 − f(a) = f(−a), as of the
 * sigmoid, the weights of one gate with their signs turned are those of the other.
 */
final class RecurrentWeights {
  private RecurrentWeights() {}

  /** Carousel's weights by name, from those of an operator. */
  static Map<String, double[]> toOurs(
      RecurrentSpec spec, double[] w, double[] r, double @Nullable [] b, double @Nullable [] p) {
    Map<String, double[]> ours = new LinkedHashMap<>();
    ours.put("weight_ih", gates(spec, w, true));
    ours.put("weight_hh", gates(spec, r, true));
    if (b != null) {
      ours.put("bias_ih", gates(spec, Arrays.copyOf(b, b.length / 2), true));
      ours.put("bias_hh", gates(spec, Arrays.copyOfRange(b, b.length / 2, b.length), true));
    }
    if (p != null) {
      double[] rows = GateLayout.ONNX_LSTM.peepholesToOurs(p);
      ours.put("peephole", spec.coupledInputForget() ? turned(spec, rows, 3) : rows);
    }
    return ours;
  }

  /** An operator's blocks of G·H rows, from Carousel's; W, R and each half of B. */
  static double[] fromOurs(RecurrentSpec spec, double[] rows) {
    return gates(spec, rows, false);
  }

  /** P [3·H] of an operator, from Carousel's. */
  static double[] peepholesFromOurs(RecurrentSpec spec, double[] rows) {
    double[] own = spec.coupledInputForget() ? turned(spec, rows, 3) : rows;
    return GateLayout.ONNX_LSTM.peepholesFromOurs(own);
  }

  private static double[] gates(RecurrentSpec spec, double[] rows, boolean toOurs) {
    if (spec.cell() == Cell.RNN) {
      return rows;
    }
    GateLayout layout = spec.cell() == Cell.LSTM ? GateLayout.ONNX_LSTM : GateLayout.ONNX_GRU;
    if (!spec.coupledInputForget()) {
      return toOurs ? layout.toOurs(rows) : layout.fromOurs(rows);
    }
    return toOurs ? turned(spec, layout.toOurs(rows), 4) : layout.fromOurs(turned(spec, rows, 4));
  }

  /** Exchanges i and f, the first two blocks, and turns their signs; its own inverse. */
  private static double[] turned(RecurrentSpec spec, double[] rows, int blocks) {
    if (!isSymmetric(spec.gateActivation())) {
      throw new IllegalArgumentException(
          ("coupled input and forget gates with the function %s are not supported: 1 - f(a) is not"
                  + " f(-a)")
              .formatted(spec.gateActivation()));
    }
    int block = rows.length / blocks;
    double[] turned = rows.clone();
    for (int i = 0; i < block; i++) {
      turned[i] = -rows[block + i];
      turned[block + i] = -rows[i];
    }
    return turned;
  }

  /** Whether 1 − f(a) = f(−a). */
  private static boolean isSymmetric(Activation f) {
    return switch (f.kind()) {
      case SIGMOID -> true;
      case HARD_SIGMOID, AFFINE -> f.beta() == 0.5;
      default -> false;
    };
  }
}
