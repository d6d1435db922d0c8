package io.carousel.device.cpu;

import java.util.Arrays;

/**
 * The product in plain Java, for platforms without a native library: blocks of both factors are
 * copied to the heap, and a row of C is a sum of rows of B; few rows of x·Wᵀ are scalar products,
 * so that W need not be turned round. Either way an element is one sum in rising order of k, and
 * the bits of a row depend on no other row.
 */
final class JavaGemm implements Gemm {
  private static final int ROWS = 64;
  private static final int DEPTH = 128;
  private static final int COLUMNS = 512;

  /** Scalar products that are formed side by side; rows up to which they are. */
  private static final int DOTS = 8;

  private static final int FEW_ROWS = 6;

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
    if (!transposeA && transposeB && m <= FEW_ROWS) {
      for (int row = 0; row < m; row++) {
        long aRow = aStart + (long) row * lda;
        long cRow = cStart + (long) row * ldc;
        for (int inner = 0; inner < k; inner += DEPTH) {
          int depth = Math.min(DEPTH, k - inner);
          a.read(aRow + inner, blocks.a[0], 0, depth);
          Loops.scale(alpha, blocks.a[0], depth);
          float keep = inner == 0 ? beta : 1;
          addDots(blocks, depth, n, b, bStart + inner, ldb, keep, c, cRow);
        }
      }
      return;
    }
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

  /** c[j] ← keep · c[j] + Σ_k a[k] · b[j][k] for n rows of b. */
  private static void addDots(
      Blocks blocks,
      int depth,
      int n,
      CpuBuffer b,
      long bStart,
      int ldb,
      float keep,
      CpuBuffer c,
      long at) {
    float[] sum = blocks.c;
    for (int j = 0; j < n; j += DOTS) {
      int count = Math.min(DOTS, n - j);
      for (int i = 0; i < count; i++) {
        b.read(bStart + (j + (long) i) * ldb, blocks.b[i], 0, depth);
        sum[i] = keep == 0 ? 0 : keep * c.real(at + j + i);
      }
      dots(blocks.a[0], blocks.b, sum, depth);
      c.write(at + j, sum, 0, count);
    }
  }

  private static void dots(float[] a, float[][] b, float[] sum, int depth) {
    float[] b0 = b[0];
    float[] b1 = b[1];
    float[] b2 = b[2];
    float[] b3 = b[3];
    float[] b4 = b[4];
    float[] b5 = b[5];
    float[] b6 = b[6];
    float[] b7 = b[7];
    float s0 = sum[0];
    float s1 = sum[1];
    float s2 = sum[2];
    float s3 = sum[3];
    float s4 = sum[4];
    float s5 = sum[5];
    float s6 = sum[6];
    float s7 = sum[7];
    for (int k = 0; k < depth; k++) {
      float x = a[k];
      s0 = Math.fma(x, b0[k], s0);
      s1 = Math.fma(x, b1[k], s1);
      s2 = Math.fma(x, b2[k], s2);
      s3 = Math.fma(x, b3[k], s3);
      s4 = Math.fma(x, b4[k], s4);
      s5 = Math.fma(x, b5[k], s5);
      s6 = Math.fma(x, b6[k], s6);
      s7 = Math.fma(x, b7[k], s7);
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
    sum[4] = s4;
    sum[5] = s5;
    sum[6] = s6;
    sum[7] = s7;
  }
}
