package io.carousel.lab;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A table of figures, once for console, report and JSON: cells are strings or numbers. Not
 * thread-safe.
 */
public final class Figures {
  private final String caption;
  private final List<String> headings;
  private final List<List<Object>> rows = new ArrayList<>();

  private Figures(String caption, List<String> headings) {
    this.caption = caption;
    this.headings = headings;
  }

  /** A table without rows yet. */
  public static Figures of(String caption, String... headings) {
    return new Figures(caption, List.of(headings));
  }

  /**
   * Adds a row of strings and numbers; a column has only one kind.
   *
   * @throws IllegalArgumentException when the cells do not fit the headings or the rows before
   */
  public Figures row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "'%s': %d cells for %d columns".formatted(caption, cells.length, headings.size()));
    }
    for (int i = 0; i < cells.length; i++) {
      boolean number = cells[i] instanceof Number;
      if ((!number && !(cells[i] instanceof String))
          || (!rows.isEmpty() && number != isNumeric(i))) {
        throw new IllegalArgumentException(
            "'%s': column '%s' does not take %s".formatted(caption, headings.get(i), cells[i]));
      }
    }
    rows.add(List.of(cells));
    return this;
  }

  /** What the table shows. */
  public String caption() {
    return caption;
  }

  /** One per column. */
  public List<String> headings() {
    return headings;
  }

  /** Strings and numbers, row by row. */
  public List<List<Object>> rows() {
    return Collections.unmodifiableList(rows);
  }

  /** Whether a column holds numbers. */
  public boolean isNumeric(int column) {
    return !rows.isEmpty() && rows.get(0).get(column) instanceof Number;
  }

  /**
   * A cell as people read it: whole numbers as they are, others with three or four significant
   * digits.
   */
  public static String shown(Object cell) {
    if (!(cell instanceof Double || cell instanceof Float)) {
      return cell.toString();
    }
    double value = ((Number) cell).doubleValue();
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : Double.toString(value);
    }
    if (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7) {
      String[] parts = String.format(Locale.ROOT, "%.2e", value).split("e", -1);
      return new BigDecimal(parts[0]).stripTrailingZeros().toPlainString()
          + "e"
          + Integer.parseInt(parts[1]);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(4));
    return rounded.stripTrailingZeros().toPlainString();
  }
}
