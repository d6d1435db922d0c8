package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of the operations that a head of row-wise layers needs in inference, made once for a
 * queue: a step of a stream allocates nothing.
 */
final class HeadTasks {
  final Product product;
  final Bias bias = new Bias();
  final Function function = new Function();

  HeadTasks(Gemm library) {
    product = new Product(library);
  }

  /** C ← alpha · op(A) · op(B) + beta · C: a band of rows or of columns. */
  static final class Product implements Workers.RangeTask {
    private final Gemm library;
    private boolean byColumns;
    private boolean transposeA;
    private boolean transposeB;
    private int k;
    private float alpha;
    private float beta;
    private @Nullable Matrix a;
    private @Nullable Matrix b;
    private @Nullable Matrix c;

    private Product(Gemm library) {
      this.library = library;
    }

    Product of(
        boolean cutsColumns,
        boolean transposesA,
        boolean transposesB,
        double factor,
        Matrix left,
        Matrix right,
        double keep,
        Matrix result) {
      byColumns = cutsColumns;
      transposeA = transposesA;
      transposeB = transposesB;
      k = transposesA ? left.rows() : left.columns();
      alpha = (float) factor;
      beta = (float) keep;
      a = left;
      b = right;
      c = result;
      return this;
    }

    @Override
    public void run(int part, Tile tile, long from, long to) {
      if (a != null && b != null && c != null) {
        multiply(a, b, c, from, (int) (to - from));
      }
    }

    private void multiply(Matrix x, Matrix y, Matrix z, long from, int size) {
      long row = byColumns ? 0 : from;
      long column = byColumns ? from : 0;
      library.multiply(
          transposeA,
          transposeB,
          byColumns ? z.rows() : size,
          byColumns ? size : z.columns(),
          k,
          alpha,
          CpuBuffer.reals(x),
          x.offset() + (transposeA ? row : row * x.stride()),
          Math.max(x.stride(), x.columns()),
          CpuBuffer.reals(y),
          y.offset() + (transposeB ? column * y.stride() : column),
          Math.max(y.stride(), y.columns()),
          beta,
          CpuBuffer.reals(z),
          z.offset() + row * z.stride() + column,
          Math.max(z.stride(), z.columns()));
    }
  }

  /** x ← x + bias, row by row. */
  static final class Bias implements Workers.TileTask {
    private @Nullable Matrix x;
    private @Nullable Matrix bias;

    Bias of(Matrix to, Matrix row) {
      x = to;
      bias = row;
      return this;
    }

    @Override
    public void run(Tile t) {
      if (x != null && bias != null) {
        float[] sum = t.load(0, x);
        Loops.add(sum, t.loadRow(1, bias, 0), t.count());
        t.store(sum, x);
      }
    }
  }

  /** y ← f(x). */
  static final class Function implements Workers.TileTask {
    private Activation f = Activation.IDENTITY;
    private @Nullable Matrix x;
    private @Nullable Matrix y;

    Function of(Activation function, Matrix from, Matrix to) {
      f = function;
      x = from;
      y = to;
      return this;
    }

    @Override
    public void run(Tile t) {
      if (x != null && y != null) {
        float[] values = t.load(0, x);
        Activations.apply(f, values, t.count());
        t.store(values, y);
      }
    }
  }
}
