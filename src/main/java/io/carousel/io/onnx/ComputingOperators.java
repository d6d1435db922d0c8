package io.carousel.io.onnx;

import io.carousel.io.onnx.Operator.Call;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operators that compute with numbers, in double precision whatever the type of the tensors. */
final class ComputingOperators {
  private ComputingOperators() {}

  /** All of them, by name. */
  static final Map<String, Operator> ALL =
      Map.ofEntries(
          Map.entry("Add", binary((a, b) -> a + b)),
          Map.entry("Sub", binary((a, b) -> a - b)),
          Map.entry("Mul", binary((a, b) -> a * b)),
          Map.entry("Div", ComputingOperators::divide),
          Map.entry("Max", binary(Math::max)),
          Map.entry("Less", call -> List.of(truth(call, (a, b) -> a < b ? 1 : 0))),
          Map.entry("Relu", unary(x -> Math.max(x, 0))),
          Map.entry("Tanh", unary(Math::tanh)),
          Map.entry("Sigmoid", unary(x -> 1 / (1 + Math.exp(-x)))),
          Map.entry("Neg", unary(x -> -x)),
          Map.entry("Softsign", unary(x -> x / (1 + Math.abs(x)))),
          Map.entry("Softplus", unary(x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))),
          Map.entry("Where", call -> List.of(where(call))),
          Map.entry("MatMul", call -> List.of(matMul(call.input(0), call.input(1)))),
          Map.entry("Gemm", call -> List.of(gemm(call))),
          Map.entry("Softmax", call -> List.of(softmax(call, false))),
          Map.entry("LogSoftmax", call -> List.of(softmax(call, true))));

  private static Operator unary(DoubleUnaryOperator f) {
    return call -> {
      OnnxTensor x = call.input(0);
      return List.of(x.withValues(Arrays.stream(x.values()).map(f).toArray()));
    };
  }

  private static Operator binary(DoubleBinaryOperator f) {
    return call -> {
      if (call.inputs().size() != 2) {
        throw new IllegalArgumentException("two inputs are supported");
      }
      return List.of(combine(call.input(0), call.input(1), f));
    };
  }

  private static OnnxTensor combine(OnnxTensor a, OnnxTensor b, DoubleBinaryOperator f) {
    int[] shape = Axes.broadcast(a.shape(), b.shape());
    double[] x = Axes.stretched(a, shape).values();
    double[] y = Axes.stretched(b, shape).values();
    double[] values = new double[x.length];
    Arrays.setAll(values, i -> f.applyAsDouble(x[i], y[i]));
    return new OnnxTensor(a.type(), shape, values);
  }

  private static List<OnnxTensor> divide(Call call) {
    DoubleBinaryOperator whole =
        (a, b) -> {
          if (b == 0) {
            throw new IllegalArgumentException("division by zero");
          }
          double quotient = a / b;
          return quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
        };
    OnnxTensor a = call.input(0);
    return List.of(combine(a, call.input(1), a.type().isReal() ? (x, y) -> x / y : whole));
  }

  private static OnnxTensor truth(Call call, DoubleBinaryOperator f) {
    OnnxTensor t = combine(call.input(0), call.input(1), f);
    return new OnnxTensor(OnnxType.BOOL, t.shape(), t.values());
  }

  private static OnnxTensor where(Call call) {
    OnnxTensor which = call.input(0);
    OnnxTensor a = call.input(1);
    OnnxTensor b = call.input(2);
    int[] shape = Axes.broadcast(which.shape(), Axes.broadcast(a.shape(), b.shape()));
    double[] chosen = Axes.stretched(which, shape).values();
    double[] x = Axes.stretched(a, shape).values();
    double[] y = Axes.stretched(b, shape).values();
    double[] values = new double[x.length];
    Arrays.setAll(values, i -> chosen[i] != 0 ? x[i] : y[i]);
    return new OnnxTensor(a.type(), shape, values);
  }

  /** [..., M, K] times [K, N] or [..., K, N]. */
  static OnnxTensor matMul(OnnxTensor a, OnnxTensor b) {
    if (a.rank() < 2 || b.rank() < 2) {
      throw new IllegalArgumentException("%s times %s: two axes at least".formatted(a, b));
    }
    int rows = a.shape()[a.rank() - 2];
    int inner = a.shape()[a.rank() - 1];
    int columns = b.shape()[b.rank() - 1];
    if (b.shape()[b.rank() - 2] != inner) {
      throw new IllegalArgumentException("%s times %s does not fit".formatted(a, b));
    }
    int[] batch =
        Axes.broadcast(
            Arrays.copyOf(a.shape(), a.rank() - 2), Arrays.copyOf(b.shape(), b.rank() - 2));
    int[] shape = with(batch, rows, columns);
    double[] x = Axes.stretched(a, with(batch, rows, inner)).values();
    // one matrix for all is not copied
    double[] y =
        b.rank() == 2 ? b.values() : Axes.stretched(b, with(batch, inner, columns)).values();
    double[] values = new double[OnnxTensor.size(shape)];
    for (int row = 0; row < values.length / Math.max(1, columns); row++) {
      int matrix = b.rank() == 2 ? 0 : row / rows * inner * columns;
      for (int k = 0; k < inner; k++) {
        double factor = x[row * inner + k];
        for (int j = 0; j < columns; j++) {
          values[row * columns + j] += factor * y[matrix + k * columns + j];
        }
      }
    }
    return new OnnxTensor(a.type(), shape, values);
  }

  private static int[] with(int[] batch, int rows, int columns) {
    int[] shape = Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = rows;
    shape[batch.length + 1] = columns;
    return shape;
  }

  private static OnnxTensor gemm(Call call) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = call.input(1);
    if (a.rank() != 2 || b.rank() != 2) {
      throw new IllegalArgumentException("%s times %s: matrices are multiplied".formatted(a, b));
    }
    if (call.attributes().integer("transA", 0) == 1) {
      a = Axes.transpose(a, 1, 0);
    }
    if (call.attributes().integer("transB", 0) == 1) {
      b = Axes.transpose(b, 1, 0);
    }
    double alpha = call.attributes().number("alpha", 1);
    double beta = call.attributes().number("beta", 1);
    OnnxTensor product = matMul(a, b);
    @Nullable OnnxTensor c = call.optional(2);
    if (c == null) {
      return product.withValues(Arrays.stream(product.values()).map(x -> alpha * x).toArray());
    }
    return combine(product, c, (x, y) -> alpha * x + beta * y);
  }

  private static OnnxTensor softmax(Call call, boolean log) {
    OnnxTensor x = call.input(0);
    boolean flat = call.opset() < 13; // where all axes from this one on are one
    int axis = Axes.of(call.attributes().integer("axis", flat ? 1 : -1), x.rank());
    int stride = flat ? 1 : Axes.strides(x.shape())[axis];
    int count =
        flat ? OnnxTensor.size(Arrays.copyOfRange(x.shape(), axis, x.rank())) : x.shape()[axis];
    double[] values = x.values().clone();
    for (int i = 0; i < values.length; i++) {
      if (i / stride % Math.max(1, count) == 0) {
        softmax(values, i, stride, count, log);
      }
    }
    return x.withValues(values);
  }

  private static void softmax(double[] values, int start, int stride, int count, boolean log) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count; k++) {
      largest = Math.max(largest, values[start + k * stride]);
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      sum += Math.exp(values[start + k * stride] - largest);
    }
    for (int k = 0; k < count; k++) {
      double over = values[start + k * stride] - largest;
      values[start + k * stride] = log ? over - Math.log(sum) : Math.exp(over) / sum;
    }
  }
}
