package io.carousel.report;

import java.util.Arrays;
import java.util.Locale;

/** Draws a heat map as SVG: cells with their numbers as tooltips, labels, a bar of colours. */
final class HeatMapFigure {
  private static final int WIDTH = 640;
  private static final int LETTER = 7;
  private static final int LINE = 16;
  private static final int LABELS = 24;
  private static final int TOP = 5; // half of the first row's label may stand above its cell
  private static final int LONGEST_LABEL = 24;
  private static final int BAR_STEPS = 40;

  private final HeatMap map;
  private final double smallest;
  private final double largest;
  private final ColourScale scale;
  private final double cellWidth;
  private final double cellHeight;
  private final int left;

  HeatMapFigure(HeatMap map) {
    this.map = map;
    double[] finite =
        Arrays.stream(map.values)
            .flatMapToDouble(Arrays::stream)
            .filter(Double::isFinite)
            .toArray();
    smallest = Arrays.stream(finite).min().orElse(0);
    largest = Arrays.stream(finite).max().orElse(1);
    double from = Double.isNaN(map.from) ? smallest : map.from;
    double to = Double.isNaN(map.to) ? largest : map.to;
    scale =
        Double.isNaN(map.centre)
            ? ColourScale.sequential(from, to)
            : ColourScale.diverging(from, map.centre, to);
    int widest = map.rows.stream().mapToInt(HeatMapFigure::letters).max().orElse(0);
    left = widest * LETTER + 10;
    double room = map.decimals >= 0 ? 34 : 2;
    cellWidth = Math.max(room, Math.min(72, (double) WIDTH / map.columns.size()));
    cellHeight = Math.max(map.decimals >= 0 ? 22 : 2, Math.min(30, 360.0 / map.rows.size()));
  }

  private static int letters(String label) {
    return Math.min(label.length(), LONGEST_LABEL);
  }

  void render(HtmlWriter html) {
    int number = html.next("figure");
    String id = "figure-" + number;
    html.start("figure", "class", "heat", "aria-labelledby", id);
    html.start("figcaption").start("h3", "id", id);
    html.element("span", "Figure " + number, "class", "number").text(" ").text(map.title).end();
    if (!map.note.isEmpty()) {
      html.element("p", map.note);
    }
    html.end();
    double width = left + cellWidth * map.columns.size() + 1;
    double height = cellHeight * map.rows.size() + 2 * LINE + 4 + TOP;
    html.start(
        "div", "class", "heat-scroll", "tabindex", "0", "role", "region", "aria-label", map.title);
    start(html, width, height, describe());
    cells(html);
    columnLabels(html);
    rowLabels(html);
    html.end().end();
    bar(html);
    html.end();
  }

  private static void start(HtmlWriter html, double width, double height, String description) {
    html.start(
        "svg",
        "role",
        "img",
        "aria-label",
        description,
        "width",
        number(width),
        "height",
        number(height),
        "viewBox",
        "0 %d %s %s".formatted(-TOP, number(width), number(height)));
  }

  private void cells(HtmlWriter html) {
    for (int r = 0; r < map.rows.size(); r++) {
      for (int c = 0; c < map.columns.size(); c++) {
        double value = map.values[r][c];
        if (Double.isFinite(value)) {
          cell(html, r, c, value);
        }
      }
    }
  }

  private void cell(HtmlWriter html, int r, int c, double value) {
    html.start(
        "rect",
        "x",
        number(left + c * cellWidth),
        "y",
        number(r * cellHeight),
        "width",
        number(cellWidth + 0.3), // no seams between neighbours
        "height",
        number(cellHeight + 0.3),
        "fill",
        scale.colour(value));
    html.element(
        "title",
        "%s %s, %s %s: %s"
            .formatted(
                map.yLabel, map.rows.get(r), map.xLabel, map.columns.get(c), Numbers.brief(value)));
    html.end();
    if (map.decimals >= 0) {
      text(
          html,
          left + (c + 0.5) * cellWidth,
          (r + 0.5) * cellHeight + 4.5,
          "middle",
          Numbers.fixed(value, map.decimals),
          scale.isBright(value) ? "on-bright" : "on-dark");
    }
  }

  /** Every k-th column has its name, so that they do not touch. */
  private void columnLabels(HtmlWriter html) {
    int widest = map.columns.stream().mapToInt(HeatMapFigure::letters).max().orElse(0);
    int every = (int) Math.ceil((widest + 1) * LETTER / cellWidth);
    double y = cellHeight * map.rows.size() + LINE - 2;
    for (int c = 0; c < map.columns.size(); c += every) {
      text(html, left + (c + 0.5) * cellWidth, y, "middle", cut(map.columns.get(c)), "label");
    }
    text(html, left, y + LINE, "start", map.xLabel, "label");
  }

  private void rowLabels(HtmlWriter html) {
    int every = (int) Math.max(Math.ceil(LINE / cellHeight), map.rows.size() / (double) LABELS);
    for (int r = 0; r < map.rows.size(); r += every) {
      text(html, left - 6, (r + 0.5) * cellHeight + 4.5, "end", cut(map.rows.get(r)), "label");
    }
  }

  private void bar(HtmlWriter html) {
    html.start("p", "class", "heat-bar").text("Rows: " + map.yLabel + ". " + map.valueLabel + ": ");
    html.text(Numbers.brief(scale.from()) + " ");
    html.start(
        "svg", "aria-hidden", "true", "width", "120", "height", "10", "viewBox", "0 0 120 10");
    for (int i = 0; i < BAR_STEPS; i++) {
      double value = scale.from() + (scale.to() - scale.from()) * i / (BAR_STEPS - 1);
      double step = 120.0 / BAR_STEPS;
      html.start(
          "rect",
          "x",
          number(i * step),
          "y",
          "0",
          "width",
          number(step + 0.3),
          "height",
          "10",
          "fill",
          scale.colour(value));
      html.end();
    }
    html.end().text(" " + Numbers.brief(scale.to())).end();
  }

  private String describe() {
    return "%s of %d rows (%s) and %d columns (%s), between %s and %s."
        .formatted(
            map.valueLabel,
            map.rows.size(),
            map.yLabel,
            map.columns.size(),
            map.xLabel,
            Numbers.brief(smallest),
            Numbers.brief(largest));
  }

  private static void text(
      HtmlWriter html, double x, double y, String anchor, String text, String style) {
    html.element(
        "text", text, "x", number(x), "y", number(y), "text-anchor", anchor, "class", style);
  }

  private static String cut(String label) {
    return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL - 1) + "…";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
