package io.carousel.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A table with a caption, columns of text or numbers, and optional highlighted and total rows. */
public final class Table extends Block {
  private enum Kind {
    TEXT,
    COUNT,
    NUMBER,
    FIGURE;

    boolean isWords() {
      return this == TEXT || this == FIGURE;
    }
  }

  private record Column(String header, String unit, Kind kind, int decimals) {}

  private record Row(String style, List<String> cells) {}

  private final String caption;
  private final List<Column> columns = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  private Table(String caption) {
    this.caption = Objects.requireNonNull(caption);
  }

  /** A table without columns yet. */
  public static Table captioned(String caption) {
    return new Table(caption);
  }

  /** Adds a left-aligned column of text. */
  public Table text(String header) {
    return column(new Column(header, "", Kind.TEXT, 0));
  }

  /** Adds a right-aligned column of whole numbers, thousands grouped. */
  public Table count(String header) {
    return column(new Column(header, "", Kind.COUNT, 0));
  }

  /** Adds a right-aligned column of numbers with {@code decimals} digits after the point. */
  public Table number(String header, int decimals) {
    return number(header, "", decimals);
  }

  /** As {@link #number(String, int)}, with the unit of its values in the header. */
  public Table number(String header, String unit, int decimals) {
    return column(new Column(header, unit, Kind.NUMBER, decimals));
  }

  /** Adds a right-aligned column of figures that are text already. */
  public Table figure(String header) {
    return column(new Column(header, "", Kind.FIGURE, 0));
  }

  /**
   * Adds a row: text for text and figure columns, {@code long} or {@code int} for counts, any
   * number for number columns, the empty string for a cell without a value.
   *
   * @throws IllegalArgumentException where the cells do not fit the columns
   */
  public Table row(Object... cells) {
    return add("", cells);
  }

  /** Adds a row that stands out, such as the model that the report is about. */
  public Table highlight(Object... cells) {
    return add("highlight", cells);
  }

  /** Adds a row that sums up those above it. */
  public Table total(Object... cells) {
    return add("total", cells);
  }

  private Table column(Column column) {
    if (!rows.isEmpty()) {
      throw new IllegalStateException("columns of '" + caption + "' must come before its rows");
    }
    columns.add(column);
    return this;
  }

  private Table add(String style, Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "'%s' has %d columns, but the row has %d cells"
              .formatted(caption, columns.size(), cells.length));
    }
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      shown.add(show(columns.get(i), cells[i]));
    }
    rows.add(new Row(style, shown));
    return this;
  }

  private String show(Column column, Object cell) {
    if (cell instanceof String text && (column.kind().isWords() || text.isEmpty())) {
      return text;
    }
    boolean whole = cell instanceof Long || cell instanceof Integer;
    if (column.kind() == Kind.COUNT && whole) {
      return Numbers.count(((Number) cell).longValue());
    }
    if (column.kind() == Kind.NUMBER && cell instanceof Number number) {
      return Numbers.fixed(number.doubleValue(), column.decimals());
    }
    throw new IllegalArgumentException(
        "column '%s' of '%s' shows %s, not %s: %s"
            .formatted(
                column.header(),
                caption,
                column.kind().isWords()
                    ? "strings"
                    : column.kind() == Kind.COUNT ? "int or long" : "numbers",
                cell.getClass().getSimpleName(),
                cell));
  }

  @Override
  void render(HtmlWriter html) {
    if (columns.isEmpty()) {
      throw new IllegalStateException("the table '" + caption + "' has no columns");
    }
    String id = "table-" + html.next("table");
    html.start("div", "class", "table", "role", "region", "aria-labelledby", id, "tabindex", "0");
    html.start("table").start("caption", "id", id);
    html.element("span", "Table " + id.substring("table-".length()), "class", "number");
    html.text(" ").text(caption).end();
    html.start("thead").start("tr");
    for (Column column : columns) {
      html.start("th", "scope", "col", "class", alignment(column)).text(column.header());
      if (!column.unit().isEmpty()) {
        html.text(" ").element("span", column.unit(), "class", "unit");
      }
      html.end();
    }
    html.end().end().start("tbody");
    rows.forEach(row -> renderRow(row, html));
    html.end().end().end();
  }

  private void renderRow(Row row, HtmlWriter html) {
    html.start("tr", "class", row.style());
    for (int i = 0; i < columns.size(); i++) {
      String alignment = alignment(columns.get(i));
      if (i == 0) {
        html.element("th", row.cells().get(i), "scope", "row", "class", alignment);
      } else {
        html.element("td", row.cells().get(i), "class", alignment);
      }
    }
    html.end();
  }

  private static String alignment(Column column) {
    return column.kind() == Kind.TEXT ? "text" : "numeric";
  }
}
