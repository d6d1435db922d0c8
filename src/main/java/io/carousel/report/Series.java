package io.carousel.report;

/** One named line of a chart; {@code x} ascends strictly and has as many values as {@code y}. */
final class Series {
  // beyond it the arithmetic of the chart's scales overflows
  private static final double LARGEST_DRAWN = 1e300;

  final String name;
  final double[] x;
  final double[] y;

  private Series(String name, double[] x, double[] y) {
    this.name = name;
    this.x = x;
    this.y = y;
  }

  /** Checks and copies what the caller gave. */
  static Series of(String chart, String name, double[] x, double[] y) {
    if (x.length != y.length || x.length == 0) {
      throw new IllegalArgumentException(
          "series '%s' of '%s' needs as many y as x and at least one, but has %d x and %d y"
              .formatted(name, chart, x.length, y.length));
    }
    for (int i = 0; i < x.length; i++) {
      if (!isDrawable(x[i]) || (i > 0 && x[i] <= x[i - 1])) {
        throw new IllegalArgumentException(
            "x of series '%s' of '%s' must be finite, within ±1e300 and ascend, but x[%d] = %s%s"
                .formatted(name, chart, i, x[i], i > 0 ? " follows " + x[i - 1] : ""));
      }
    }
    return new Series(name, x.clone(), y.clone());
  }

  /** The values as drawn: NaN wherever nothing can be. */
  double[] drawable(boolean logarithmic) {
    double[] drawn = y.clone();
    for (int i = 0; i < drawn.length; i++) {
      if (!isDrawable(drawn[i]) || (logarithmic && drawn[i] <= 0)) {
        drawn[i] = Double.NaN;
      }
    }
    return drawn;
  }

  private static boolean isDrawable(double value) {
    return Math.abs(value) <= LARGEST_DRAWN;
  }
}
