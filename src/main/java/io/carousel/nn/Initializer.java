package io.carousel.nn;

import io.carousel.device.RandomStream;
import java.util.Arrays;

/**
 * Draws the initial values of a parameter. Its factories follow {@code torch.nn.init}; of a weight
 * [rows, columns] fan-in is columns and fan-out is rows.
 */
@FunctionalInterface
public interface Initializer {
  /**
   * Draws values.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param random where random numbers come from
   * @return rows · columns values, row by row
   */
  double[] draw(int rows, int columns, RandomStream random);

  /** The same number everywhere. */
  static Initializer constant(double value) {
    return (rows, columns, random) -> {
      double[] values = new double[Math.multiplyExact(rows, columns)];
      Arrays.fill(values, value);
      return values;
    };
  }

  /**
   * Given values, such as those of a file.
   *
   * @param values row by row; not copied
   */
  static Initializer values(double[] values) {
    return (rows, columns, random) -> {
      if (values.length != (long) rows * columns) {
        throw new IllegalArgumentException(
            "a parameter of %d rows and %d columns cannot take %d values"
                .formatted(rows, columns, values.length));
      }
      return values;
    };
  }

  /** Zeros. */
  static Initializer zeros() {
    return constant(0);
  }

  /** Uniform in [from, to). */
  static Initializer uniform(double from, double to) {
    if (!(from <= to)) {
      throw new IllegalArgumentException(
          "uniform: from %s must not exceed to %s".formatted(from, to));
    }
    return (rows, columns, random) -> {
      double[] values = new double[Math.multiplyExact(rows, columns)];
      Arrays.setAll(values, i -> from + (to - from) * random.nextDouble());
      return values;
    };
  }

  /**
   * PyTorch's default: uniform in ±1/√n, where n is the hidden size of a recurrent layer or the
   * input size of a linear one, for weights and biases alike.
   */
  static Initializer uniformFan(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("uniformFan: n must be positive, got " + n);
    }
    double bound = 1 / Math.sqrt(n);
    return uniform(-bound, bound);
  }

  /** Normal with mean 0. */
  static Initializer normal(double standardDeviation) {
    if (!(standardDeviation >= 0)) {
      throw new IllegalArgumentException(
          "normal: standard deviation must not be negative, got " + standardDeviation);
    }
    return (rows, columns, random) -> {
      double[] values = new double[Math.multiplyExact(rows, columns)];
      Arrays.setAll(values, i -> standardDeviation * random.nextGaussian());
      return values;
    };
  }

  /** Uniform in ±gain·√(6 / (fan-in + fan-out)) (Glorot and Bengio 2010). */
  static Initializer glorotUniform(double gain) {
    return (rows, columns, random) -> {
      double bound = gain * Math.sqrt(6.0 / (rows + columns));
      return uniform(-bound, bound).draw(rows, columns, random);
    };
  }

  /** Normal with standard deviation gain·√(2 / (fan-in + fan-out)) (Glorot and Bengio 2010). */
  static Initializer glorotNormal(double gain) {
    return (rows, columns, random) ->
        normal(gain * Math.sqrt(2.0 / (rows + columns))).draw(rows, columns, random);
  }

  /**
   * A random matrix with orthonormal columns, or rows where it has fewer rows than columns, times
   * gain (Saxe, McClelland, Ganguli 2014); uniform over all such matrices.
   */
  static Initializer orthogonal(double gain) {
    return (rows, columns, random) -> Orthogonal.draw(rows, columns, gain, random);
  }

  /**
   * scale · I; ones on the main diagonal where the matrix is not square. With scale 1 on the
   * recurrent weights of a ReLU RNN: the IRNN of Le, Jaitly, Hinton 2015.
   */
  static Initializer identity(double scale) {
    return (rows, columns, random) -> {
      double[] values = new double[Math.multiplyExact(rows, columns)];
      for (int i = 0; i < Math.min(rows, columns); i++) {
        values[i * columns + i] = scale;
      }
      return values;
    };
  }

  /**
   * Draws each block of rows on its own, with the block's fans: orthogonal recurrent weights are
   * orthogonal per gate.
   *
   * @param blocks number of blocks, {@code Cell.gates()} for gate blocks; divides the rows
   * @param block draws one block
   */
  static Initializer rowBlocks(int blocks, Initializer block) {
    return (rows, columns, random) -> {
      int height = blockSize("rows", rows, blocks);
      double[] values = new double[Math.multiplyExact(rows, columns)];
      for (int b = 0; b < blocks; b++) {
        double[] drawn = block.draw(height, columns, random);
        System.arraycopy(drawn, 0, values, b * drawn.length, drawn.length);
      }
      return values;
    };
  }

  /**
   * This initializer with a bias's block of columns set to a number. The forget gate of an LSTM is
   * block 1 of 4 (i, f, g, o): {@code withBlock(4, 1, 1)} on b_ih gives it the bias 1 (Jozefowicz,
   * Zaremba, Sutskever 2015) when b_hh starts at zero there.
   *
   * @param blocks number of blocks; divides the columns
   * @param index which one, from 0
   * @param value the number
   */
  default Initializer withBlock(int blocks, int index, double value) {
    if (index < 0 || index >= blocks) {
      throw new IllegalArgumentException("no block %d of %d".formatted(index, blocks));
    }
    return (rows, columns, random) -> {
      int width = blockSize("columns", columns, blocks);
      double[] values = draw(rows, columns, random);
      for (int r = 0; r < rows; r++) {
        int start = r * columns + index * width;
        Arrays.fill(values, start, start + width, value);
      }
      return values;
    };
  }

  /** This initializer with one row set to zeros: the padding row of an embedding. */
  default Initializer withZeroRow(int row) {
    return (rows, columns, random) -> {
      double[] values = draw(rows, columns, random);
      Arrays.fill(values, row * columns, (row + 1) * columns, 0);
      return values;
    };
  }

  private static int blockSize(String axis, int size, int blocks) {
    if (blocks <= 0 || size % blocks != 0) {
      throw new IllegalArgumentException(
          "%d %s cannot be cut into %d equal blocks".formatted(size, axis, blocks));
    }
    return size / blocks;
  }
}
