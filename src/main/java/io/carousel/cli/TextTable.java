package io.carousel.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, columns aligned: words to the left, numbers to the right. */
final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;

  /** Headings; one that starts with {@code >} heads a column of numbers. */
  TextTable(String... headings) {
    right = new boolean[headings.length];
    String[] first = headings.clone();
    for (int i = 0; i < first.length; i++) {
      right[i] = first[i].startsWith(">");
      first[i] = right[i] ? first[i].substring(1) : first[i];
    }
    rows.add(first);
  }

  /** Adds a row with as many cells as there are headings. */
  void row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.length, right.length));
    }
    rows.add(Arrays.stream(cells).map(Printable::text).toArray(String[]::new));
  }

  /** Prints every row after an indent. */
  void print(PrintWriter out, String indent) {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < row.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(right[i] ? padding + row[i] : row[i] + padding).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
