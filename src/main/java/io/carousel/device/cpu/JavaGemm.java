package io.carousel.device.cpu;

import java.util.Arrays;

/**
 * The product in plain Java, for platforms without a native library: blocks of both factors are
 * copied to the heap, and a row of C is a sum of rows of B. The bits of a row depend on no other
 * row.
 */
final class JavaGemm implements Gemm {
  private static final int ROWS = 64;
  private static final int DEPTH = 128;
  private static final int COLUMNS = 512;

  /** Blocks of A, B and one row of C. */
  private static final class Blocks {
    final float[][] a = new float[ROWS][DEPTH];
    final float[][] b = new float[DEPTH][COLUMNS];
    final float[] c = new float[COLUMNS];
    final float[] line = new float[COLUMNS];
  }

  private static final ThreadLocal<Blocks> BLOCKS = ThreadLocal.withInitial(Blocks::new);

  @Override
  public String description() {
    return "plain Java products";
  }

  @Override
  public boolean isRowInvariant() {
    return true;
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      CpuBuffer a,
      long aStart,
      int lda,
      CpuBuffer b,
      long bStart,
      int ldb,
      float beta,
      CpuBuffer c,
      long cStart,
      int ldc) {
    Blocks blocks = BLOCKS.get();
    for (int column = 0; column < n; column += COLUMNS) {
      int width = Math.min(COLUMNS, n - column);
      for (int inner = 0; inner < k; inner += DEPTH) {
        int depth = Math.min(DEPTH, k - inner);
        float keep = inner == 0 ? beta : 1;
        copy(b, bStart, ldb, transposeB, inner, depth, column, width, blocks.b, blocks.line);
        for (int row = 0; row < m; row += ROWS) {
          int height = Math.min(ROWS, m - row);
          copy(a, aStart, lda, transposeA, row, height, inner, depth, blocks.a, blocks.line);
          for (int i = 0; i < height; i++) {
            long at = cStart + (row + (long) i) * ldc + column;
            Loops.scale(alpha, blocks.a[i], depth);
            addProduct(blocks, i, depth, width, keep, c, at);
          }
        }
      }
    }
  }

  /** Copies op(X)[row.., column..] to the heap. */
  private static void copy(
      CpuBuffer from,
      long start,
      int stride,
      boolean transpose,
      int row,
      int rows,
      int column,
      int columns,
      float[][] to,
      float[] line) {
    if (!transpose) {
      for (int r = 0; r < rows; r++) {
        from.read(start + (row + (long) r) * stride + column, to[r], 0, columns);
      }
      return;
    }
    for (int c = 0; c < columns; c++) {
      from.read(start + (column + (long) c) * stride + row, line, 0, rows);
      for (int r = 0; r < rows; r++) {
        to[r][c] = line[r];
      }
    }
  }

  private static void addProduct(
      Blocks blocks, int row, int depth, int width, float keep, CpuBuffer c, long at) {
    float[] sum = blocks.c;
    if (keep == 0) {
      Arrays.fill(sum, 0, width, 0);
    } else {
      c.read(at, sum, 0, width);
      if (keep != 1) {
        Loops.scale(keep, sum, width);
      }
    }
    float[] a = blocks.a[row];
    float[][] b = blocks.b;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      addFour(sum, a[k], b[k], a[k + 1], b[k + 1], a[k + 2], b[k + 2], a[k + 3], b[k + 3], width);
    }
    for (; k < depth; k++) {
      Loops.axpy(a[k], b[k], sum, width);
    }
    c.write(at, sum, 0, width);
  }

  private static void addFour(
      float[] sum,
      float a0,
      float[] b0,
      float a1,
      float[] b1,
      float a2,
      float[] b2,
      float a3,
      float[] b3,
      int n) {
    for (int j = 0; j < n; j++) {
      float low = Math.fma(a1, b1[j], Math.fma(a0, b0[j], sum[j]));
      sum[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], low));
    }
  }
}
