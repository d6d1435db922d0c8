package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Philox;
import org.jspecify.annotations.Nullable;

/** Sums, products, functions and dropout, element by element. */
interface CpuElementwise extends ElementwiseOperations, CpuOperations {
  @Override
  default void addBias(Matrix x, Matrix bias) {
    begin(x, bias);
    OperandChecks.rowOf(x, "bias", bias);
    workers().tiles(x.rows(), x.columns(), 0.4, headTasks().bias.of(x, bias));
  }

  @Override
  default void axpy(double alpha, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    overTiles(
        0.4,
        t -> {
          float[] sum = t.load(1, y);
          Loops.axpy((float) alpha, t.load(0, x), sum, t.count());
          t.store(sum, y);
        },
        x,
        y);
  }

  @Override
  default void scale(double alpha, Matrix x) {
    begin(x);
    overTiles(
        0.3,
        t -> {
          float[] product = t.load(0, x);
          Loops.scale((float) alpha, product, t.count());
          t.store(product, x);
        },
        x);
  }

  @Override
  default void multiply(Matrix a, Matrix b, Matrix out) {
    begin(a, b, out);
    OperandChecks.sameShape("a", a, "b", b);
    OperandChecks.sameShape("a", a, "out", out);
    overTiles(
        0.4,
        t -> {
          float[] product = t.load(0, a);
          Loops.multiply(product, t.load(1, b), t.count());
          t.store(product, out);
        },
        a,
        b,
        out);
  }

  @Override
  default void activationForward(Activation f, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    overTiles(1, headTasks().function.of(f, x, y), x, y);
  }

  @Override
  default void activationBackward(Activation f, Matrix y, Matrix dY, Matrix dX) {
    begin(y, dY, dX);
    OperandChecks.sameShape("y", y, "dY", dY);
    OperandChecks.sameShape("y", y, "dX", dX);
    overTiles(
        0.5,
        t -> {
          float[] gradient = t.load(0, dY);
          Activations.multiplyBySlope(f, gradient, t.load(1, y), t.count());
          t.store(gradient, dX);
        },
        y,
        dY,
        dX);
  }

  @Override
  default void dropout(
      double rate, long key, Matrix draw, @Nullable Matrix rowIds, Matrix x, Matrix y) {
    begin(draw, rowIds, x, y);
    OperandChecks.dropout(rate, draw, rowIds, x, y);
    int drawNumber = CpuBuffer.integers(draw).integer(draw.offset());
    float factor = (float) (1 / (1 - rate));
    workers()
        .tiles(
            x.rows(),
            x.columns(),
            6,
            t -> {
              float[] values = t.load(0, x);
              int[] words = t.words();
              for (int r = 0; r < t.rows(); r++) {
                int row = rowIds == null ? t.row() + r : id(rowIds, 0, t.row() + r);
                int step = rowIds == null ? 0 : id(rowIds, 1, t.row() + r);
                int first = (int) t.column(); // a multiple of 4
                for (int k = 0; k < t.columns(); k++) {
                  if (k % 4 == 0) {
                    Philox.block(key, (first + k) / 4, step, row, drawNumber, words, 0);
                  }
                  boolean kept = Philox.uniform(words[k % 4]) >= rate;
                  int at = r * t.columns() + k;
                  values[at] = kept ? values[at] * factor : 0;
                }
              }
              t.store(values, y);
            });
  }

  private static int id(Matrix rowIds, int line, int column) {
    long index = rowIds.offset() + (long) line * rowIds.stride() + column;
    return CpuBuffer.integers(rowIds).integer(index);
  }
}
