package io.carousel.report;

import io.carousel.report.LegendEntry.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lines over a common x axis, with optional marks and shaded bands along it.
 *
 * <p>Series may have x values of their own. NaN, infinite and extreme y (beyond ±1e300) become
 * gaps. Readers zoom by drag, buttons or keys and toggle each legend entry. The legend and the
 * colours follow the order of the calls; {@code reference} and {@code level} are drawn in the
 * colour of text. The palette has six colours and starts again after the last.
 */
public final class LineChart extends Block {
  /** The number of points above which a line is thinned out, unless {@link #atMost} says else. */
  public static final int DEFAULT_POINTS = 10_000;

  // the palette of report.css
  private static final int COLOURS = 6;

  /** A quantity and its unit, or the empty string. */
  record Axis(String label, String unit) {
    /** As an axis is labelled. */
    String title() {
      return unit.isEmpty() ? label : label + " (" + unit + ")";
    }
  }

  final String title;
  String note = "";
  Axis x = new Axis("x", "");
  Axis y = new Axis("y", "");
  boolean logarithmic;
  int points = DEFAULT_POINTS;
  double[] view = {};
  String sync = "";
  final Map<String, LegendEntry> legend = new LinkedHashMap<>();
  final List<Series> series = new ArrayList<>();

  private LineChart(String title) {
    this.title = Objects.requireNonNull(title);
  }

  /** A chart without series yet. */
  public static LineChart titled(String title) {
    return new LineChart(title);
  }

  /** A sentence below the title that says how to read the chart. */
  public LineChart note(String note) {
    this.note = Objects.requireNonNull(note);
    return this;
  }

  /** Names the quantity along x, which has no unit. */
  public LineChart x(String label) {
    return x(label, "");
  }

  /** Names the quantity along x and its unit. */
  public LineChart x(String label, String unit) {
    x = new Axis(label, unit);
    return this;
  }

  /** Names the quantity along y, which has no unit. */
  public LineChart y(String label) {
    return y(label, "");
  }

  /** Names the quantity along y and its unit. */
  public LineChart y(String label, String unit) {
    y = new Axis(label, unit);
    return this;
  }

  /** Draws y on a logarithmic scale; values that are not positive become gaps. */
  public LineChart logarithmicY() {
    logarithmic = true;
    return this;
  }

  /**
   * Adds a solid line.
   *
   * @param x finite, strictly ascending; copied
   * @param y as many values as {@code x}; copied
   * @throws IllegalArgumentException where lengths differ, x does not ascend, or the name is taken
   */
  public LineChart line(String name, double[] x, double[] y) {
    return add(name, Kind.SOLID, x, y);
  }

  /** As {@link #line}, dashed. */
  public LineChart dashed(String name, double[] x, double[] y) {
    return add(name, Kind.DASHED, x, y);
  }

  /**
   * As {@link #line}, wide and grey behind the others: the measured truth they are held against.
   */
  public LineChart reference(String name, double[] x, double[] y) {
    return add(name, Kind.REFERENCE, x, y);
  }

  /** Adds a dashed horizontal line at {@code y}, such as a threshold or a baseline's error. */
  public LineChart level(String name, double y) {
    return add(name, Kind.LEVEL, y, y, "");
  }

  /**
   * Adds a mark at {@code x}; those of one name share a colour, a row above the plot and a legend
   * entry. Marks are never thinned out.
   *
   * @param label a few characters to draw there, such as a beat's class; may be empty
   */
  public LineChart mark(String name, double x, String label) {
    return add(name, Kind.MARK, x, x, Objects.requireNonNull(label));
  }

  /**
   * Shades x from {@code from} to {@code to}; those of one name share a colour and legend entry.
   */
  public LineChart band(String name, double from, double to) {
    return add(name, Kind.BAND, from, to, "");
  }

  /** Shows x from {@code from} to {@code to} at first; the reader can move and zoom out. */
  public LineChart view(double from, double to) {
    if (!Double.isFinite(to - from) || from >= to) {
      throw new IllegalArgumentException(
          "the view of '%s' must be finite and ascend, but is %s to %s".formatted(title, from, to));
    }
    view = new double[] {from, to};
    return this;
  }

  /** Charts of one report with the same {@code key} share cursor and zoom along x. */
  public LineChart syncedBy(String key) {
    sync = Objects.requireNonNull(key);
    return this;
  }

  /**
   * Limits the drawn x positions per set of series with equal x: of longer ones the minimum and
   * maximum of each interval stay, and the chart says so.
   */
  public LineChart atMost(int points) {
    if (points < 100) {
      throw new IllegalArgumentException("a line needs at least 100 points, not " + points);
    }
    this.points = points;
    return this;
  }

  private LineChart add(String name, Kind kind, double[] x, double[] y) {
    Series added = Series.of(title, name, x, y);
    entry(name, kind);
    series.add(added);
    return this;
  }

  private LineChart add(String name, Kind kind, double from, double to, String label) {
    requireAscending(name, from, to);
    entry(name, kind).items().add(new LegendEntry.Item(from, to, label));
    return this;
  }

  private LegendEntry entry(String name, Kind kind) {
    LegendEntry earlier = legend.get(name);
    if (earlier != null && (earlier.kind() != kind || !kind.repeatable())) {
      throw new IllegalArgumentException("'" + title + "' has '" + name + "' already");
    }
    if (earlier != null) {
      return earlier;
    }
    long colours = legend.values().stream().filter(entry -> entry.colour() > 0).count();
    LegendEntry entry =
        new LegendEntry(name, kind, kind.coloured() ? 1 + (int) (colours % COLOURS) : 0);
    legend.put(name, entry);
    return entry;
  }

  private void requireAscending(String name, double from, double to) {
    if (!Double.isFinite(from) || !Double.isFinite(to) || from > to) {
      throw new IllegalArgumentException(
          "'%s' of '%s' must be finite and ascend, but is %s to %s"
              .formatted(name, title, from, to));
    }
  }

  @Override
  void render(HtmlWriter html) {
    if (series.isEmpty()) {
      throw new IllegalStateException("the chart '" + title + "' has no series");
    }
    for (LegendEntry entry : legend.values()) {
      boolean level = entry.kind() == Kind.LEVEL;
      if (logarithmic && level && entry.items().get(0).from() <= 0) {
        throw new IllegalStateException(
            "level '"
                + entry.name()
                + "' of '"
                + title
                + "' must be positive to be drawn on a logarithmic y axis");
      }
    }
    new ChartFigure(this).render(html);
  }
}
