package io.carousel.nn;

import io.carousel.device.RandomStream;

/**
 * Random orthogonal matrices: the Q of a Gaussian matrix's QR factorisation with a positive
 * diagonal of R, which is uniform (Mezzadri 2007). By Gram and Schmidt, each vector twice, which
 * holds orthogonality to rounding (Giraud, Langou, Rozložník 2005).
 */
final class Orthogonal {
  private Orthogonal() {}

  static double[] draw(int rows, int columns, double gain, RandomStream random) {
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = new double[count][length];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < length; k++) {
        vectors[i][k] = random.nextGaussian();
      }
      subtractProjections(vectors, i);
      subtractProjections(vectors, i);
      double norm = Math.sqrt(dot(vectors[i], vectors[i]));
      for (int k = 0; k < length; k++) {
        vectors[i][k] /= norm;
      }
    }
    double[] values = new double[Math.multiplyExact(rows, columns)];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        values[r * columns + c] = gain * (rows < columns ? vectors[r][c] : vectors[c][r]);
      }
    }
    return values;
  }

  private static void subtractProjections(double[][] vectors, int i) {
    double[] v = vectors[i];
    for (int j = 0; j < i; j++) {
      double[] q = vectors[j];
      double projection = dot(q, v);
      for (int k = 0; k < v.length; k++) {
        v[k] -= projection * q[k];
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }
}
