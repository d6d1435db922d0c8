package io.carousel.lab;

/** θ ↦ Mθ + v on vectors of a few numbers: what a step of gradient descent on a quadratic is. */
record AffineMap(double[][] m, double[] v) {
  static AffineMap identity(int n) {
    double[][] m = new double[n][n];
    for (int i = 0; i < n; i++) {
      m[i][i] = 1;
    }
    return new AffineMap(m, new double[n]);
  }

  double[] apply(double[] theta) {
    double[] result = v.clone();
    for (int i = 0; i < v.length; i++) {
      for (int j = 0; j < v.length; j++) {
        result[i] += m[i][j] * theta[j];
      }
    }
    return result;
  }

  /** This map after another one: M(M'θ + v') + v. */
  AffineMap after(AffineMap first) {
    int n = v.length;
    double[][] product = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          product[i][j] += m[i][k] * first.m[k][j];
        }
      }
    }
    return new AffineMap(product, apply(first.v));
  }

  /** This map, so many times, by repeated squaring. */
  AffineMap power(int exponent) {
    AffineMap result = identity(v.length);
    AffineMap square = this;
    for (int rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = square.after(result);
      }
      square = square.after(square);
    }
    return result;
  }

  /** The θ that the map leaves where it is: (I - M)θ = v, by elimination with pivots. */
  double[] fixedPoint() {
    int n = v.length;
    double[][] rows = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i][j] = (i == j ? 1 : 0) - m[i][j];
      }
      rows[i][n] = v[i];
    }
    for (int column = 0; column < n; column++) {
      bringUpLargest(rows, column);
      for (int i = 0; i < n; i++) {
        double factor = i == column ? 0 : rows[i][column] / rows[column][column];
        for (int j = column; j <= n; j++) {
          rows[i][j] -= factor * rows[column][j];
        }
      }
    }
    double[] point = new double[n];
    for (int i = 0; i < n; i++) {
      point[i] = rows[i][n] / rows[i][i];
    }
    return point;
  }

  private static void bringUpLargest(double[][] rows, int column) {
    int pivot = column;
    for (int i = column + 1; i < rows.length; i++) {
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) {
        pivot = i;
      }
    }
    double[] row = rows[pivot];
    rows[pivot] = rows[column];
    rows[column] = row;
  }
}
