package io.carousel.data;

import java.util.Arrays;

/**
 * Shifts and scales columns to mean 0 and standard deviation 1, by figures fitted on training data.
 *
 * <p>Value v of column f becomes (v − mean[f]) / standardDeviation[f]. A column that is constant in
 * the training data has the standard deviation 1 here: it becomes 0 there, and deviations elsewhere
 * keep their unit. Immutable.
 */
public final class Normalizer {
  private final double[] means;
  private final double[] standardDeviations;

  /**
   * A normalizer of given figures, one per column (copied), as read back from a model file.
   *
   * @throws IllegalArgumentException when the lengths differ or are 0, a figure is not finite, or a
   *     standard deviation is not positive
   */
  public Normalizer(double[] means, double[] standardDeviations) {
    if (means.length == 0 || means.length != standardDeviations.length) {
      throw new IllegalArgumentException(
          "a normalizer needs one mean and one standard deviation per column, got "
              + means.length
              + " and "
              + standardDeviations.length);
    }
    for (int f = 0; f < means.length; f++) {
      if (!Double.isFinite(means[f])
          || !Double.isFinite(standardDeviations[f])
          || standardDeviations[f] <= 0) {
        throw new IllegalArgumentException(
            "column %d: mean %s, standard deviation %s: expected finite figures, the second above 0"
                .formatted(f, means[f], standardDeviations[f]));
      }
    }
    this.means = means.clone();
    this.standardDeviations = standardDeviations.clone();
  }

  /**
   * Fits mean and (population) standard deviation of each column.
   *
   * @param rows training data only, {@code [rows, columns]} row-major
   * @throws IllegalArgumentException when there is no row, the last one is ragged, or a value is
   *     not finite
   */
  public static Normalizer fit(float[] rows, int columns) {
    if (columns < 1 || rows.length == 0 || rows.length % columns != 0) {
      throw new IllegalArgumentException(
          rows.length + " values are no rows of " + columns + " columns");
    }
    int count = rows.length / columns;
    double[] means = new double[columns];
    double[] deviations = new double[columns];
    for (int f = 0; f < columns; f++) {
      double sum = 0;
      for (int r = 0; r < count; r++) {
        float value = rows[r * columns + f];
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "cannot fit a normalizer: column " + f + ", row " + r + " is " + value);
        }
        sum += value;
      }
      means[f] = sum / count;
      deviations[f] = deviation(rows, columns, f, means[f]);
    }
    return new Normalizer(means, deviations);
  }

  private static double deviation(float[] rows, int columns, int column, double mean) {
    boolean constant = true;
    double squares = 0;
    int count = rows.length / columns;
    for (int i = column; i < rows.length; i += columns) {
      constant &= rows[i] == rows[column];
      squares += (rows[i] - mean) * (rows[i] - mean);
    }
    return constant ? 1 : Math.sqrt(squares / count);
  }

  /** Fits the one column of a series on {@code training}, a range of it. */
  public static Normalizer fit(Series series, IndexRange training) {
    return fit(series.values(training), 1);
  }

  /** Number of columns. */
  public int columns() {
    return means.length;
  }

  /** The mean per column; a new array. */
  public double[] means() {
    return means.clone();
  }

  /** The standard deviation per column, 1 for constant columns; a new array. */
  public double[] standardDeviations() {
    return standardDeviations.clone();
  }

  /** Normalized {@code rows}, {@code [rows, columns]} row-major; a new array. */
  public float[] apply(float[] rows) {
    requireRows(rows);
    float[] normalized = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int f = i % means.length;
      normalized[i] = (float) ((rows[i] - means[f]) / standardDeviations[f]);
    }
    return normalized;
  }

  /** The normalized series, under the same name; for normalizers of one column. */
  public Series apply(Series series) {
    if (means.length != 1) {
      throw new IllegalArgumentException(
          "a series has one column, this normalizer " + means.length);
    }
    return new Series(series.name(), apply(series.values()));
  }

  /** What {@link #apply(float[])} was given: back in the units of the data; a new array. */
  public float[] invert(float[] normalized) {
    requireRows(normalized);
    float[] rows = new float[normalized.length];
    for (int i = 0; i < rows.length; i++) {
      int f = i % means.length;
      rows[i] = (float) (normalized[i] * standardDeviations[f] + means[f]);
    }
    return rows;
  }

  private void requireRows(float[] rows) {
    if (rows.length % means.length != 0) {
      throw new IllegalArgumentException(
          rows.length + " values are no rows of " + means.length + " columns");
    }
  }

  @Override
  public String toString() {
    return "Normalizer[means="
        + Arrays.toString(means)
        + ", standardDeviations="
        + Arrays.toString(standardDeviations)
        + "]";
  }
}
