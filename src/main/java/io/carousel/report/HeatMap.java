package io.carousel.report;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Numbers of a grid as colours: a confusion matrix, gradient norms by lag and epoch, an alignment.
 *
 * <p>Columns go along x, rows down the page in the order given. NaN is an empty cell. Colours run
 * from the smallest to the largest finite value, dark to bright (viridis, equal steps of
 * lightness); with {@link #diverging} from blue below a centre to orange above it.
 */
public final class HeatMap extends Block {
  final String title;
  String note = "";
  String xLabel = "";
  String yLabel = "";
  String valueLabel = "value";
  List<String> columns = List.of();
  List<String> rows = List.of();
  double[][] values = {};
  int decimals = -1;
  double centre = Double.NaN;
  double from = Double.NaN;
  double to = Double.NaN;

  private HeatMap(String title) {
    this.title = Objects.requireNonNull(title);
  }

  /** A map without numbers yet. */
  public static HeatMap titled(String title) {
    return new HeatMap(title);
  }

  /** A sentence below the title that says how to read the map. */
  public HeatMap note(String text) {
    note = Objects.requireNonNull(text);
    return this;
  }

  /** Names what goes along x, and each column. */
  public HeatMap x(String label, List<String> names) {
    xLabel = Objects.requireNonNull(label);
    columns = List.copyOf(names);
    return this;
  }

  /** Names what goes along x, and the number of each column. */
  public HeatMap x(String label, double[] numbers) {
    return x(label, Arrays.stream(numbers).mapToObj(Numbers::brief).toList());
  }

  /** Names what goes down, and each row. */
  public HeatMap y(String label, List<String> names) {
    yLabel = Objects.requireNonNull(label);
    rows = List.copyOf(names);
    return this;
  }

  /** Names what goes down, and the number of each row. */
  public HeatMap y(String label, double[] numbers) {
    return y(label, Arrays.stream(numbers).mapToObj(Numbers::brief).toList());
  }

  /**
   * The numbers.
   *
   * @param label what they are, with their unit
   * @param grid [rows][columns]; copied
   */
  public HeatMap values(String label, double[][] grid) {
    valueLabel = Objects.requireNonNull(label);
    values = Arrays.stream(grid).map(double[]::clone).toArray(double[][]::new);
    return this;
  }

  /** Writes each number into its cell, with so many digits after the point. */
  public HeatMap written(int digits) {
    decimals = digits;
    return this;
  }

  /** Colours tell how far a number lies below (blue) or above (orange) a centre. */
  public HeatMap diverging(double around) {
    centre = around;
    return this;
  }

  /** The numbers of the first and the last colour; those beyond take these. */
  public HeatMap range(double first, double last) {
    if (!(first < last) || !Double.isFinite(last - first)) {
      throw new IllegalArgumentException(
          "the range of '%s' must ascend, but is %s to %s".formatted(title, first, last));
    }
    from = first;
    to = last;
    return this;
  }

  /**
   * Appends the map.
   *
   * @throws IllegalStateException where rows and columns do not fit the numbers
   */
  @Override
  void render(HtmlWriter html) {
    boolean fits = values.length == rows.size() && values.length > 0 && !columns.isEmpty();
    for (double[] row : values) {
      fits &= row.length == columns.size();
    }
    if (!fits) {
      throw new IllegalStateException(
          "heat map '%s' needs numbers for %d rows and %d columns"
              .formatted(title, rows.size(), columns.size()));
    }
    new HeatMapFigure(this).render(html);
  }
}
