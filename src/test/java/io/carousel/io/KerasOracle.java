package io.carousel.io;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Layers of Keras in plain double arithmetic, with its weights and its order of gates: kernel [in,
 * G·u], recurrent kernel [u, G·u], bias; {@code keras/src/layers/rnn/lstm.py}, {@code gru.py} and
 * {@code simple_rnn.py} say the formulas.
 */
final class KerasOracle {
  final String cell;
  final int in;
  final int units;
  final double[] kernel;
  final double[] recurrent;
  final double[][] bias;
  private final DoubleUnaryOperator gate;

  /**
   * A layer of random weights; its bias has that many rows, 0 for none. A GRU with one resets
   * before the product, any other after it.
   */
  KerasOracle(String cell, int in, int units, int biasRows, Random random) {
    this.cell = cell;
    this.in = in;
    this.units = units;
    gate = KerasOracle::sigmoid;
    int columns = columns();
    kernel = numbers(in * columns, random);
    recurrent = numbers(units * columns, random);
    bias = new double[biasRows][];
    for (int row = 0; row < biasRows; row++) {
      bias[row] = numbers(columns, random);
    }
  }

  private static double[] numbers(int count, Random random) {
    return random.doubles(count, -0.7, 0.7).toArray();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private int columns() {
    return units * (cell.equals("lstm") ? 4 : cell.equals("gru") ? 3 : 1);
  }

  /** Its weights as a file has them: name behind the layer's name to tensor. */
  Map<String, double[]> weights() {
    Map<String, double[]> weights = new LinkedHashMap<>();
    weights.put("kernel", kernel);
    weights.put("recurrent_kernel", recurrent);
    if (bias.length == 1) {
      weights.put("bias", bias[0]);
    } else if (bias.length == 2) {
      double[] both = new double[2 * columns()];
      System.arraycopy(bias[0], 0, both, 0, columns());
      System.arraycopy(bias[1], 0, both, columns(), columns());
      weights.put("bias", both);
    }
    return weights;
  }

  long[] shape(String weight) {
    return switch (weight) {
      case "kernel" -> new long[] {in, columns()};
      case "recurrent_kernel" -> new long[] {units, columns()};
      default -> bias.length == 2 ? new long[] {2, columns()} : new long[] {columns()};
    };
  }

  /** h after each step, from zeros. */
  double[][] run(double[][] steps) {
    double[][] outputs = new double[steps.length][];
    double[] h = new double[units];
    double[] c = new double[units];
    for (int t = 0; t < steps.length; t++) {
      h =
          switch (cell) {
            case "lstm" -> lstm(steps[t], h, c);
            case "gru" -> gru(steps[t], h);
            default -> simple(steps[t], h);
          };
      outputs[t] = h;
    }
    return outputs;
  }

  private double[] simple(double[] x, double[] h) {
    double[] next = new double[units];
    for (int u = 0; u < units; u++) {
      next[u] = Math.tanh(product(x, kernel, u) + product(h, recurrent, u) + bias(0, u));
    }
    return next;
  }

  private double[] lstm(double[] x, double[] h, double[] c) {
    double[] next = new double[units];
    for (int u = 0; u < units; u++) {
      double i = gate.applyAsDouble(all(x, h, u));
      double f = gate.applyAsDouble(all(x, h, units + u));
      double g = Math.tanh(all(x, h, 2 * units + u));
      double o = gate.applyAsDouble(all(x, h, 3 * units + u));
      c[u] = f * c[u] + i * g;
      next[u] = o * Math.tanh(c[u]);
    }
    return next;
  }

  private double[] gru(double[] x, double[] h) {
    double[] z = new double[units];
    double[] r = new double[units];
    for (int u = 0; u < units; u++) {
      z[u] = gate.applyAsDouble(all(x, h, u) + bias(1, u));
      r[u] = gate.applyAsDouble(all(x, h, units + u) + bias(1, units + u));
    }
    double[] next = new double[units];
    double[] reset = new double[units];
    for (int u = 0; u < units; u++) {
      reset[u] = r[u] * h[u];
    }
    for (int u = 0; u < units; u++) {
      int column = 2 * units + u;
      double candidate = product(x, kernel, column) + bias(0, column);
      candidate +=
          bias.length != 1
              ? r[u] * (product(h, recurrent, column) + bias(1, column))
              : product(reset, recurrent, column);
      next[u] = z[u] * h[u] + (1 - z[u]) * Math.tanh(candidate);
    }
    return next;
  }

  private double all(double[] x, double[] h, int column) {
    return product(x, kernel, column) + product(h, recurrent, column) + bias(0, column);
  }

  private double bias(int row, int column) {
    return row < bias.length ? bias[row][column] : 0;
  }

  private double product(double[] x, double[] matrix, int column) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * matrix[i * columns() + column];
    }
    return sum;
  }
}
