package io.carousel.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How the report writes numbers: the same on every machine, whatever its locale. */
final class Numbers {
  private Numbers() {}

  /** {@code 108000} as {@code 108,000}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A fixed number of decimals, thousands grouped; NaN and infinities by name. */
  static String fixed(double value, int decimals) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%,." + decimals + "f", value)
        : Double.toString(value);
  }

  /** Three significant digits for prose: {@code 0.0123}, {@code 1.5e-7}. */
  static String brief(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return value == 0 ? "0" : Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    double magnitude = Math.abs(value);
    return magnitude < 1e-4 || magnitude >= 1e7
        ? rounded.toString().replace('E', 'e')
        : rounded.toPlainString();
  }
}
