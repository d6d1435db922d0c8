package io.carousel.io.onnx;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * RNN, LSTM and GRU as the documents of ONNX's operators write them, number by number in plain
 * loops. The last states of a sequence of length 0 are 0, as in ONNX Runtime.
 */
final class PlainRecurrence {
  private final OnnxNode node;
  private final Map<String, OnnxTensor> values;
  private final int hidden;
  private final int inputSize;
  private final int steps;
  private final int batchSize;
  private final int directions;
  private final boolean batchFirst;
  private final OnnxTensor x; // [T, N, I]
  private int alphas;
  private int betas;

  /** The outputs of the one node of a model, by name. */
  static Map<String, OnnxTensor> run(OnnxModel model, Map<String, OnnxTensor> inputs) {
    Map<String, OnnxTensor> values = new HashMap<>(model.graph().initializers());
    values.putAll(inputs);
    return new PlainRecurrence(model.graph().nodes().get(0), values).run();
  }

  private PlainRecurrence(OnnxNode node, Map<String, OnnxTensor> values) {
    this.node = node;
    this.values = values;
    batchFirst = node.attributes().integer("layout", 0) == 1;
    x = timeFirst(input(0));
    steps = x.shape()[0];
    batchSize = x.shape()[1];
    inputSize = x.shape()[2];
    hidden = input(2).shape()[2];
    directions = input(1).shape()[0];
  }

  private @Nullable OnnxTensor input(int place) {
    return values.get(node.input(place));
  }

  private @Nullable OnnxTensor timeFirst(@Nullable OnnxTensor tensor) {
    return batchFirst && tensor != null ? Axes.transpose(tensor, 1, 0, 2) : tensor;
  }

  private double at(int place, int... index) {
    OnnxTensor tensor = place == 5 || place == 6 ? timeFirst(input(place)) : input(place);
    if (tensor == null) {
      return 0;
    }
    int element = 0;
    for (int axis = 0; axis < index.length; axis++) {
      element = element * tensor.shape()[axis] + index[axis];
    }
    return tensor.values()[element];
  }

  private Map<String, OnnxTensor> run() {
    double[] y = new double[steps * directions * batchSize * hidden];
    double[] lastH = new double[directions * batchSize * hidden];
    double[] lastC = new double[directions * batchSize * hidden];
    String direction = node.attributes().text("direction", "forward");
    for (int d = 0; d < directions; d++) {
      DoubleUnaryOperator[] functions = functions(d);
      for (int n = 0; n < batchSize; n++) {
        int length = input(4) == null ? steps : (int) at(4, n);
        double[] h = new double[hidden];
        double[] c = new double[hidden];
        for (int j = 0; j < hidden && length > 0; j++) {
          h[j] = at(5, d, n, j);
          c[j] = at(6, d, n, j);
        }
        for (int s = 0; s < length; s++) {
          int t = direction.equals("reverse") || d == 1 ? length - 1 - s : s;
          step(functions, d, t, n, h, c);
          System.arraycopy(h, 0, y, ((t * directions + d) * batchSize + n) * hidden, hidden);
        }
        System.arraycopy(h, 0, lastH, (d * batchSize + n) * hidden, hidden);
        System.arraycopy(c, 0, lastC, (d * batchSize + n) * hidden, hidden);
      }
    }
    OnnxTensor all = new OnnxTensor(x.type(), new int[] {steps, directions, batchSize, hidden}, y);
    int[] shape = {directions, batchSize, hidden};
    List<OnnxTensor> results =
        List.of(
            batchFirst ? Axes.transpose(all, 2, 0, 1, 3) : all,
            timeFirst(new OnnxTensor(x.type(), shape, lastH)),
            timeFirst(new OnnxTensor(x.type(), shape, lastC)));
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        outputs.put(node.output(i), results.get(i));
      }
    }
    return outputs;
  }

  /** One step of one sequence; h and c are overwritten. */
  private void step(DoubleUnaryOperator[] f, int d, int t, int n, double[] h, double[] c) {
    double[] next = new double[hidden];
    double[] before = h.clone();
    switch (node.operator()) {
      case "RNN" -> {
        for (int j = 0; j < hidden; j++) {
          next[j] = f[0].applyAsDouble(clipped(fromX(d, 0, t, n, j) + fromH(d, 1, 0, before, j)));
        }
      }
      case "GRU" -> {
        double[] r = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          r[j] = f[0].applyAsDouble(clipped(fromX(d, 1, t, n, j) + fromH(d, 3, 1, before, j)));
        }
        boolean linearBeforeReset = node.attributes().integer("linear_before_reset", 0) != 0;
        double[] reset = new double[hidden];
        Arrays.setAll(reset, j -> r[j] * before[j]);
        for (int j = 0; j < hidden; j++) {
          double z = f[0].applyAsDouble(clipped(fromX(d, 0, t, n, j) + fromH(d, 3, 0, before, j)));
          double from =
              linearBeforeReset ? r[j] * fromH(d, 3, 2, before, j) : fromH(d, 3, 2, reset, j);
          double candidate = f[1].applyAsDouble(clipped(fromX(d, 2, t, n, j) + from));
          next[j] = (1 - z) * candidate + z * before[j];
        }
      }
      default -> {
        boolean coupled = node.attributes().integer("input_forget", 0) != 0;
        for (int j = 0; j < hidden; j++) {
          double[] sums = new double[4]; // i, o, f, c
          for (int g = 0; g < 4; g++) {
            sums[g] = fromX(d, g, t, n, j) + fromH(d, 4, g, before, j);
          }
          double i = f[0].applyAsDouble(clipped(sums[0] + at(7, d, j) * c[j]));
          double forget =
              coupled
                  ? 1 - i
                  : f[0].applyAsDouble(clipped(sums[2] + at(7, d, 2 * hidden + j) * c[j]));
          c[j] = forget * c[j] + i * f[1].applyAsDouble(clipped(sums[3]));
          double o = f[0].applyAsDouble(clipped(sums[1] + at(7, d, hidden + j) * c[j]));
          next[j] = o * f[2].applyAsDouble(c[j]);
        }
      }
    }
    System.arraycopy(next, 0, h, 0, hidden);
  }

  /** What gate g sees of the input, with the input's bias. */
  private double fromX(int d, int g, int t, int n, int j) {
    int row = g * hidden + j;
    double sum = at(3, d, row);
    for (int i = 0; i < inputSize; i++) {
      sum += at(1, d, row, i) * x.values()[(t * batchSize + n) * inputSize + i];
    }
    return sum;
  }

  /** What gate g of some sees of the state, with the state's bias. */
  private double fromH(int d, int gates, int g, double[] h, int j) {
    int row = g * hidden + j;
    double sum = at(3, d, gates * hidden + row);
    for (int k = 0; k < hidden; k++) {
      sum += at(2, d, row, k) * h[k];
    }
    return sum;
  }

  private double clipped(double sum) {
    double clip = node.attributes().number("clip", Double.POSITIVE_INFINITY);
    return Math.max(-clip, Math.min(clip, sum));
  }

  /** Those of a direction; all before it take their numbers first. */
  private DoubleUnaryOperator[] functions(int direction) {
    List<String> standard =
        switch (node.operator()) {
          case "RNN" -> List.of("Tanh");
          case "GRU" -> List.of("Sigmoid", "Tanh");
          default -> List.of("Sigmoid", "Tanh", "Tanh");
        };
    List<String> given = node.attributes().texts("activations");
    alphas = 0;
    betas = 0;
    int count = standard.size();
    DoubleUnaryOperator[] functions = new DoubleUnaryOperator[count];
    for (int i = 0; i < (direction + 1) * count; i++) {
      functions[i % count] = function(given.isEmpty() ? standard.get(i % count) : given.get(i));
    }
    return functions;
  }

  private DoubleUnaryOperator function(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "sigmoid" -> a -> 1 / (1 + Math.exp(-a));
      case "tanh" -> Math::tanh;
      case "relu" -> a -> Math.max(0, a);
      case "softsign" -> a -> a / (1 + Math.abs(a));
      case "softplus" -> a -> Math.log(1 + Math.exp(a));
      case "affine" -> {
        double alpha = alpha(1);
        double beta = beta(0);
        yield a -> alpha * a + beta;
      }
      case "scaledtanh" -> {
        double alpha = alpha(1);
        double beta = beta(1);
        yield a -> alpha * Math.tanh(beta * a);
      }
      case "hardsigmoid" -> {
        double alpha = alpha(0.2);
        double beta = beta(0.5);
        yield a -> Math.min(Math.max(alpha * a + beta, 0), 1);
      }
      case "leakyrelu" -> {
        double alpha = alpha(0.01);
        yield a -> a >= 0 ? a : alpha * a;
      }
      case "thresholdedrelu" -> {
        double alpha = alpha(1);
        yield a -> a >= alpha ? a : 0;
      }
      case "elu" -> {
        double alpha = alpha(1);
        yield a -> a >= 0 ? a : alpha * (Math.exp(a) - 1);
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  private double alpha(double standard) {
    double[] given = node.attributes().numbers("activation_alpha");
    int i = alphas++;
    return i < given.length ? given[i] : standard;
  }

  private double beta(double standard) {
    double[] given = node.attributes().numbers("activation_beta");
    int i = betas++;
    return i < given.length ? given[i] : standard;
  }
}
