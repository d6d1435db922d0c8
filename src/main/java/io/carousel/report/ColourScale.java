package io.carousel.report;

/**
 * Colours of numbers. The sequential ones are ten points of viridis (van der Walt and Smith 2015,
 * CC0), equal steps of lightness that colour-blind readers see alike; the diverging ones run
 * between two colours of report.css.
 */
final class ColourScale {
  private static final int[] SEQUENTIAL = {
    0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b,
    0xfde725
  };
  private static final int[] DIVERGING = {0x0072b2, 0x7fb8d8, 0xf3f3f1, 0xe8a784, 0xd1500a};

  private final int[] points;
  private final double from;
  private final double to;

  private ColourScale(int[] points, double from, double to) {
    this.points = points;
    this.from = from;
    this.to = to;
  }

  static ColourScale sequential(double from, double to) {
    return new ColourScale(SEQUENTIAL, from, to);
  }

  /** The middle colour stands for the centre; both sides reach equally far. */
  static ColourScale diverging(double from, double centre, double to) {
    double reach = Math.max(centre - from, to - centre);
    return new ColourScale(DIVERGING, centre - reach, centre + reach);
  }

  double from() {
    return from;
  }

  double to() {
    return to;
  }

  /** The colour of a finite number, {@code #rrggbb}. */
  String colour(double value) {
    return "#%06x".formatted(rgb(value));
  }

  /** Whether dark text can be read on the colour of a number, or else bright text. */
  boolean isBright(double value) {
    int rgb = rgb(value);
    // relative luminance, roughly: the weights of sRGB's primaries on gamma-encoded values
    double luma = 0.2126 * (rgb >> 16) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
    return luma >= 140;
  }

  private int rgb(double value) {
    double place = to > from ? (value - from) / (to - from) : 0.5;
    place = Math.min(Math.max(place, 0), 1) * (points.length - 1);
    int low = Math.min((int) place, points.length - 2);
    double rest = place - low;
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = points[low] >> shift & 255;
      int b = points[low + 1] >> shift & 255;
      mixed |= (int) Math.round(a + rest * (b - a)) << shift;
    }
    return mixed;
  }
}
