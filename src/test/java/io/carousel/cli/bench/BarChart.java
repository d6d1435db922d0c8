package io.carousel.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars in groups, as an SVG that can be read on light and dark ground. */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int LEFT = 160;
  private static final int RIGHT = 150; // room for labels
  private static final int BAR = 13;
  private static final int GAP = 10;
  private static final int TOP = 58;
  private static final String STYLE =
      """
      <style>
        text { font: 12px system-ui, sans-serif; fill: #1f2328 }
        .title { font-size: 15px; font-weight: 600 }
        .s0 { fill: #0969da } .s1 { fill: #bf8700 } .s2 { fill: #8250df } .s3 { fill: #57606a }
        .grid { stroke: #8c959f; stroke-opacity: .4 } .one { stroke: #1f2328; stroke-opacity: .6 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .one { stroke: #e6edf3 }
          .s0 { fill: #58a6ff } .s1 { fill: #d29922 } .s2 { fill: #bc8cff } .s3 { fill: #8b949e }
        }
      </style>
      """;

  private final String title;
  private final List<String> series;
  private final double limit;
  private final List<String> bars = new ArrayList<>();
  private int y = TOP;

  /**
   * An empty chart.
   *
   * @param series names of the bars of a group, in order; at most four
   * @param limit the largest value that is drawn; longer bars end there
   */
  BarChart(String title, List<String> series, double limit) {
    if (series.size() > 4) {
      throw new IllegalArgumentException(series.size() + " series, four have a colour");
    }
    this.title = title;
    this.series = series;
    this.limit = limit;
  }

  /** A bar of a group; NaN leaves it out. */
  record Bar(double value, String label) {}

  /** Adds a group with a bar for each of the series. */
  BarChart group(String name, List<Bar> values) {
    int first = y;
    for (int i = 0; i < values.size(); i++) {
      Bar bar = values.get(i);
      if (Double.isNaN(bar.value())) {
        continue;
      }
      double length = x(Math.min(limit, bar.value())) - LEFT;
      bars.add(
          "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\"/>"
              .formatted(i, LEFT, y, number(length), BAR - 2));
      bars.add(text(LEFT + length + 5, y + BAR - 4, "start", "", bar.label()));
      y += BAR;
    }
    bars.add(text(LEFT - 8, (first + y) / 2.0 + 3, "end", "", name));
    y += GAP;
    return this;
  }

  private double x(double value) {
    return LEFT + value / limit * (WIDTH - LEFT - RIGHT);
  }

  /** The whole file. */
  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        .append(WIDTH + " " + (y + 24) + "\" width=\"" + WIDTH + "\" role=\"img\">\n")
        .append("<title>" + escaped(title) + "</title>\n")
        .append(STYLE)
        .append(text(LEFT, 18, "start", "title", title))
        .append('\n');
    double at = LEFT;
    for (int i = 0; i < series.size(); i++) {
      String square = "<rect class=\"s%d\" x=\"%s\" y=\"30\" width=\"11\" height=\"11\"/>";
      svg.append(square.formatted(i, number(at))).append('\n');
      svg.append(text(at + 16, 40, "start", "", series.get(i))).append('\n');
      at += 36 + 7 * series.get(i).length();
    }
    for (double value = 0; value <= limit; value += 0.5) {
      String line = "<line class=\"%s\" x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\"/>";
      String place = number(x(value));
      String kind = value == 1 ? "one" : "grid";
      svg.append(line.formatted(kind, place, TOP - 6, place, y - GAP + 2)).append('\n');
      svg.append(text(x(value), y + 8, "middle", "", number(value))).append('\n');
    }
    bars.forEach(bar -> svg.append(bar).append('\n'));
    return svg.append("</svg>\n").toString();
  }

  private static String text(double x, double y, String anchor, String kind, String words) {
    String style = kind.isEmpty() ? "" : " class=\"" + kind + "\"";
    return "<text%s x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
        .formatted(style, number(x), number(y), anchor, escaped(words));
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;");
  }

  /** At most one decimal. */
  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", "");
  }
}
