package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.integers;
import static io.carousel.device.reference.ReferenceBuffer.reals;

import io.carousel.device.Activation;
import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Philox;
import io.carousel.device.Precision;
import org.jspecify.annotations.Nullable;

/** Matrix product, sums, functions and row selection as their definitions read. */
interface ReferenceElementwise extends ElementwiseOperations, ReferenceStart {
  @Override
  default void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      double alpha,
      Matrix a,
      Matrix b,
      double beta,
      Matrix c) {
    begin(a, b, c);
    OperandChecks.gemm(transposeA, transposeB, a, b, c);
    double[] x = reals(a);
    double[] y = reals(b);
    double[] z = reals(c);
    int inner = transposeA ? a.rows() : a.columns();
    for (int i = 0; i < c.rows(); i++) {
      for (int j = 0; j < c.columns(); j++) {
        double sum = 0;
        for (int k = 0; k < inner; k++) {
          double left = transposeA ? x[at(a, k) + i] : x[at(a, i) + k];
          double right = transposeB ? y[at(b, j) + k] : y[at(b, k) + j];
          sum += left * right;
        }
        int index = at(c, i) + j;
        z[index] = alpha * sum + (beta == 0 ? 0 : beta * z[index]);
      }
    }
  }

  @Override
  default void addBias(Matrix x, Matrix bias) {
    begin(x, bias);
    OperandChecks.rowOf(x, "bias", bias);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        reals(x)[at(x, r) + c] += reals(bias)[at(bias, 0) + c];
      }
    }
  }

  @Override
  default void sumRows(Matrix x, double beta, Matrix sum) {
    begin(x, sum);
    OperandChecks.rowOf(x, "sum", sum);
    for (int c = 0; c < x.columns(); c++) {
      double total = 0;
      for (int r = 0; r < x.rows(); r++) {
        total += reals(x)[at(x, r) + c];
      }
      int index = at(sum, 0) + c;
      reals(sum)[index] = total + (beta == 0 ? 0 : beta * reals(sum)[index]);
    }
  }

  @Override
  default void axpy(double alpha, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        reals(y)[at(y, r) + c] += alpha * reals(x)[at(x, r) + c];
      }
    }
  }

  @Override
  default void scale(double alpha, Matrix x) {
    begin(x);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        reals(x)[at(x, r) + c] *= alpha;
      }
    }
  }

  @Override
  default void multiply(Matrix a, Matrix b, Matrix out) {
    begin(a, b, out);
    OperandChecks.sameShape("a", a, "b", b);
    OperandChecks.sameShape("a", a, "out", out);
    for (int r = 0; r < a.rows(); r++) {
      for (int c = 0; c < a.columns(); c++) {
        reals(out)[at(out, r) + c] = reals(a)[at(a, r) + c] * reals(b)[at(b, r) + c];
      }
    }
  }

  @Override
  default void activationForward(Activation f, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        reals(y)[at(y, r) + c] = ReferenceFunctions.value(f, reals(x)[at(x, r) + c]);
      }
    }
  }

  @Override
  default void activationBackward(Activation f, Matrix y, Matrix dY, Matrix dX) {
    begin(y, dY, dX);
    OperandChecks.sameShape("y", y, "dY", dY);
    OperandChecks.sameShape("y", y, "dX", dX);
    for (int r = 0; r < y.rows(); r++) {
      for (int c = 0; c < y.columns(); c++) {
        double slope = ReferenceFunctions.slope(f, reals(y)[at(y, r) + c]);
        reals(dX)[at(dX, r) + c] = reals(dY)[at(dY, r) + c] * slope;
      }
    }
  }

  @Override
  default void dropout(
      double rate, long key, Matrix draw, @Nullable Matrix rowIds, Matrix x, Matrix y) {
    begin(draw, rowIds, x, y);
    OperandChecks.dropout(rate, draw, rowIds, x, y);
    int drawNumber = integers(draw)[at(draw, 0)];
    double factor = 1 / (1 - rate);
    int[] words = new int[4];
    for (int r = 0; r < x.rows(); r++) {
      int row = rowIds == null ? r : integers(rowIds)[at(rowIds, 0) + r];
      int t = rowIds == null ? 0 : integers(rowIds)[at(rowIds, 1) + r];
      for (int c = 0; c < x.columns(); c++) {
        if (c % 4 == 0) {
          Philox.block(key, c / 4, t, row, drawNumber, words, 0);
        }
        boolean kept = Philox.uniform(words[c % 4]) >= rate;
        reals(y)[at(y, r) + c] = kept ? reals(x)[at(x, r) + c] * factor : 0;
      }
    }
  }

  @Override
  default void gatherRows(Matrix table, Matrix ids, Matrix out) {
    begin(table, ids, out);
    OperandChecks.rowSelection(table, ids, out);
    for (int r = 0; r < out.rows(); r++) {
      int id = integers(ids)[at(ids, 0) + r];
      for (int c = 0; c < out.columns(); c++) {
        reals(out)[at(out, r) + c] = id < 0 ? 0 : reals(table)[at(table, id) + c];
      }
    }
  }

  @Override
  default void scatterAddRows(Matrix rows, Matrix ids, Matrix table) {
    begin(rows, ids, table);
    OperandChecks.rowSelection(table, ids, rows);
    for (int r = 0; r < rows.rows(); r++) {
      int id = integers(ids)[at(ids, 0) + r];
      for (int c = 0; id >= 0 && c < rows.columns(); c++) {
        reals(table)[at(table, id) + c] += reals(rows)[at(rows, r) + c];
      }
    }
  }
}
