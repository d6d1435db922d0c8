package io.carousel.lab;

/**
 * The polynomial of least squares through measured points.
 *
 * @param coefficients of 1, x, x², …
 * @param r2 1 - Σ(y - fit)² / Σ(y - mean)²: 1 for a perfect fit, 0 for one no better than the mean
 */
record PolynomialFit(double[] coefficients, double r2) {
  static PolynomialFit of(int degree, double[] x, double[] y) {
    double scale = 0;
    for (double value : x) {
      scale = Math.max(scale, Math.abs(value));
    }
    int n = degree + 1;
    // the normal equations A c = b as the fixed point of c ↦ (I - A)c + b, x scaled to at most 1
    AffineMap map = AffineMap.identity(n);
    for (int k = 0; k < x.length; k++) {
      for (int i = 0; i < n; i++) {
        map.v()[i] += Math.pow(x[k] / scale, i) * y[k];
        for (int j = 0; j < n; j++) {
          map.m()[i][j] -= Math.pow(x[k] / scale, i + j);
        }
      }
    }
    double[] coefficients = map.fixedPoint();
    for (int i = 0; i < n; i++) {
      coefficients[i] /= Math.pow(scale, i);
    }
    return new PolynomialFit(coefficients, r2(coefficients, x, y));
  }

  private static double r2(double[] coefficients, double[] x, double[] y) {
    double mean = 0;
    for (double value : y) {
      mean += value / y.length;
    }
    double left = 0;
    double total = 0;
    for (int k = 0; k < x.length; k++) {
      double error = y[k] - at(coefficients, x[k]);
      left += error * error;
      total += (y[k] - mean) * (y[k] - mean);
    }
    return 1 - left / total;
  }

  double at(double x) {
    return at(coefficients, x);
  }

  double[] at(double[] x) {
    double[] values = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      values[i] = at(x[i]);
    }
    return values;
  }

  private static double at(double[] coefficients, double x) {
    double value = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      value = value * x + coefficients[i];
    }
    return value;
  }
}
