package io.carousel.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The values of a chart as they are drawn: gaps as NaN, long series thinned out, series with equal
 * x together.
 *
 * @param samples values per series before thinning out, of the longest series
 * @param drawn values per series after thinning out, of that same series
 * @param gaps values of all series that cannot be drawn
 */
record ChartData(List<Group> groups, int samples, int drawn, int gaps) {
  /** Series with one x in common. */
  static final class Group {
    final double[] x;
    final List<String> names;
    final List<double[]> columns;

    private Group(double[] x, List<String> names, List<double[]> columns) {
      this.x = x;
      this.names = names;
      this.columns = columns;
    }

    private Group keep(int[] rows) {
      return new Group(
          pick(x, rows), names, columns.stream().map(column -> pick(column, rows)).toList());
    }

    private static double[] pick(double[] values, int[] rows) {
      return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
    }
  }

  /** Prepares the series of {@code chart}. */
  static ChartData of(LineChart chart) {
    List<Group> groups = new ArrayList<>();
    int gaps = 0;
    for (Series series : chart.series) {
      Group group = groupOf(series, groups);
      double[] column = series.drawable(chart.logarithmic);
      gaps += (int) Arrays.stream(column).filter(Double::isNaN).count();
      group.names.add(series.name);
      group.columns.add(column);
    }
    List<Group> thinned = new ArrayList<>();
    int samples = 0;
    int drawn = 0;
    for (Group group : groups) {
      int rows = group.x.length;
      int[] kept = Decimation.rowsToKeep(group.columns, rows, chart.points);
      thinned.add(group.keep(kept));
      drawn = rows > samples ? kept.length : drawn;
      samples = Math.max(samples, rows);
    }
    return new ChartData(thinned, samples, drawn, gaps);
  }

  private static Group groupOf(Series series, List<Group> groups) {
    for (Group group : groups) {
      if (Arrays.equals(group.x, series.x)) {
        return group;
      }
    }
    Group group = new Group(series.x, new ArrayList<>(), new ArrayList<>());
    groups.add(group);
    return group;
  }
}
