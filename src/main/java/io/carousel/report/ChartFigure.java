package io.carousel.report;

import java.util.Arrays;
import java.util.StringJoiner;
import java.util.function.BinaryOperator;

/** Renders a chart's frame: caption, legend, tools, the text for those who cannot see it, data. */
final class ChartFigure {
  private final LineChart chart;
  private final ChartData data;

  ChartFigure(LineChart chart) {
    this.chart = chart;
    this.data = ChartData.of(chart);
  }

  /** Appends the figure; charts.js draws into its {@code plot} element. */
  void render(HtmlWriter html) {
    int number = html.next("figure");
    String id = "figure-" + number;
    html.start("figure", "class", "chart", "aria-labelledby", id);
    html.start("figcaption").start("h3", "id", id);
    html.element("span", "Figure " + number, "class", "number").text(" ").text(chart.title).end();
    if (!chart.note.isEmpty()) {
      html.element("p", chart.note);
    }
    html.end();
    html.start("div", "class", "bar");
    legend(html);
    tools(html);
    html.end();
    html.element("p", chart.y.title(), "class", "y-title", "aria-hidden", "true");
    html.element(
        "div",
        "",
        "class",
        "plot",
        "role",
        "group",
        "aria-roledescription",
        "line chart",
        "aria-label",
        chart.title,
        "aria-describedby",
        id + "-text",
        "tabindex",
        "0");
    html.start("div", "class", "below");
    String omissions = omissions();
    if (!omissions.isEmpty()) {
      html.element("p", omissions);
    }
    html.element("p", chart.x.title(), "aria-hidden", "true").end();
    html.element("p", description(), "id", id + "-text", "class", "description");
    html.verbatim("script", ChartJson.write(chart, data), "type", "application/json");
    html.end();
  }

  private void legend(HtmlWriter html) {
    html.start("div", "class", "legend", "role", "group", "aria-label", "Show or hide");
    for (LegendEntry entry : chart.legend.values()) {
      html.start("button", "type", "button", "aria-pressed", "true", "data-name", entry.name());
      String colour = "c" + entry.colour();
      String face = entry.commonLabel();
      String key = face.isEmpty() ? entry.kind().css() : "written";
      html.element("span", face, "class", "key " + key + " " + colour, "aria-hidden", "true");
      html.text(entry.name()).end();
    }
    html.end();
  }

  private static void tools(HtmlWriter html) {
    html.start("div", "class", "tools", "role", "group", "aria-label", "Zoom");
    tool(html, "left", "Move left (←)", "‹");
    tool(html, "right", "Move right (→)", "›");
    tool(html, "out", "Zoom out (-)", "−");
    tool(html, "in", "Zoom in (+), or drag across the plot", "+");
    tool(html, "reset", "Reset zoom (Escape), or double-click the plot", "Reset");
    html.end();
  }

  private static void tool(HtmlWriter html, String action, String name, String face) {
    html.element(
        "button", face, "type", "button", "data-action", action, "aria-label", name, "title", name);
  }

  private String omissions() {
    StringJoiner notes = new StringJoiner(" ");
    if (data.drawn() < data.samples()) {
      notes.add(
          "Thinned out from %s to %s points; the minimum and maximum of each interval are kept."
              .formatted(Numbers.count(data.samples()), Numbers.count(data.drawn())));
    }
    if (data.gaps() > 0) {
      notes.add(
          "%s %s (%s or too large to draw)."
              .formatted(
                  Numbers.count(data.gaps()),
                  data.gaps() == 1 ? "value is a gap" : "values are gaps",
                  chart.logarithmic ? "NaN, not positive" : "NaN"));
    }
    return notes.toString();
  }

  private String description() {
    StringJoiner text = new StringJoiner(" ");
    text.add("Lines of %s over %s.".formatted(chart.y.title(), chart.x.title()));
    for (Series series : chart.series) {
      text.add(describe(series));
    }
    for (LegendEntry entry : chart.legend.values()) {
      int items = entry.items().size();
      switch (entry.kind()) {
        case LEVEL ->
            text.add(
                "Level %s: %s."
                    .formatted(entry.name(), Numbers.brief(entry.items().get(0).from())));
        case MARK -> text.add("%s: %d marked.".formatted(entry.name(), items));
        case BAND -> text.add("%s: %d shaded.".formatted(entry.name(), items));
        default -> {}
      }
    }
    return text.toString();
  }

  private static String describe(Series series) {
    int last = series.x.length - 1;
    return "%s: %s %s for x from %s to %s, between %s and %s, at the end %s."
        .formatted(
            series.name,
            Numbers.count(last + 1L),
            last == 0 ? "value" : "values",
            Numbers.brief(series.x[0]),
            Numbers.brief(series.x[last]),
            extreme(series, Math::min),
            extreme(series, Math::max),
            Numbers.brief(series.y[last]));
  }

  private static String extreme(Series series, BinaryOperator<Double> choose) {
    return Arrays.stream(series.y)
        .filter(Double::isFinite)
        .boxed()
        .reduce(choose)
        .map(Numbers::brief)
        .orElse("no finite value");
  }
}
