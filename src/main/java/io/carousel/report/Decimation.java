package io.carousel.report;

import java.util.BitSet;
import java.util.List;

/**
 * Thins rows out so that a drawn line keeps its look: of each run of neighbouring rows, the minimum
 * and the maximum of every series stay, and one row of every gap.
 */
final class Decimation {
  private Decimation() {}

  /**
   * The rows to keep, ascending: all where there are at most {@code atMost}, else at most that many
   * with the first and the last among them.
   *
   * @param columns the series, each with {@code rows} values; NaN is a gap
   */
  static int[] rowsToKeep(List<double[]> columns, int rows, int atMost) {
    BitSet kept = new BitSet(rows);
    if (rows <= atMost) {
      kept.set(0, rows);
      return kept.stream().toArray();
    }
    int rowsPerBucket = 0;
    for (double[] column : columns) {
      rowsPerBucket += hasGap(column) ? 3 : 2;
    }
    int buckets = (atMost - 2) / rowsPerBucket;
    if (buckets == 0) {
      throw new IllegalArgumentException(
          columns.size() + " series cannot be drawn with " + atMost + " points; allow more");
    }
    kept.set(0);
    kept.set(rows - 1);
    for (int bucket = 0; bucket < buckets; bucket++) {
      int from = 1 + (int) ((long) bucket * (rows - 2) / buckets);
      int to = 1 + (int) ((bucket + 1L) * (rows - 2) / buckets);
      for (double[] column : columns) {
        keepExtremes(column, from, to, kept);
      }
    }
    return kept.stream().toArray();
  }

  private static boolean hasGap(double[] column) {
    for (double value : column) {
      if (Double.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private static void keepExtremes(double[] column, int from, int to, BitSet kept) {
    int lowest = -1;
    int highest = -1;
    int gap = -1;
    for (int row = from; row < to; row++) {
      if (Double.isNaN(column[row])) {
        gap = gap < 0 ? row : gap;
      } else {
        lowest = lowest < 0 || column[row] < column[lowest] ? row : lowest;
        highest = highest < 0 || column[row] > column[highest] ? row : highest;
      }
    }
    for (int row : new int[] {lowest, highest, gap}) {
      if (row >= 0) {
        kept.set(row);
      }
    }
  }
}
