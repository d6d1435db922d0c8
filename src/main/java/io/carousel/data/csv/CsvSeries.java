package io.carousel.data.csv;

import io.carousel.data.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Columns of numbers out of a text file: one row a line, comma, semicolon or tab between columns.
 *
 * <p>Names may stand in the first line, otherwise the columns are called by their numbers from 0.
 * Cells may stand in double quotes. Decimals take a point. All cells must be finite numbers; the
 * first that is not is refused with its line. Immutable.
 */
public final class CsvSeries {
  private final Path file;
  private final List<String> names;
  private final List<float[]> columns;
  private final Optional<double[]> times;

  CsvSeries(Path file, List<String> names, List<float[]> columns, Optional<double[]> times) {
    this.file = file;
    this.names = List.copyOf(names);
    this.columns = List.copyOf(columns);
    this.times = times;
  }

  /**
   * Reads a file, detecting separator and header.
   *
   * @throws CsvException when the file is missing or empty, rows differ in length, or a cell is no
   *     finite number
   */
  public static CsvSeries read(Path file) throws IOException {
    return read(file, CsvOptions.detect());
  }

  /**
   * Reads a file laid out as {@code options} say.
   *
   * @throws CsvException as {@link #read(Path)}, or when there is no such time column or its times
   *     do not increase
   */
  public static CsvSeries read(Path file, CsvOptions options) throws IOException {
    return new CsvReader(file, options).read();
  }

  /** Number of rows. */
  public int rows() {
    return columns.get(0).length;
  }

  /** The names of the columns in their order, the time column among them. */
  public List<String> columnNames() {
    return names;
  }

  /**
   * The column of this name, or, where no column is called so, of this number from 0.
   *
   * @throws IllegalArgumentException when there is none; lists the names
   */
  public Series column(String nameOrNumber) {
    return column(indexOf(names, nameOrNumber).orElseThrow(() -> noColumn(nameOrNumber)));
  }

  /**
   * The column {@code index}, from 0.
   *
   * @throws IllegalArgumentException when there is none; lists the names
   */
  public Series column(int index) {
    if (index < 0 || index >= columns.size()) {
      throw noColumn(Integer.toString(index));
    }
    return new Series(names.get(index), columns.get(index));
  }

  private IllegalArgumentException noColumn(String wanted) {
    return new IllegalArgumentException(
        file + ": no column '" + wanted + "'; it has " + names + ", numbered from 0");
  }

  static Optional<Integer> indexOf(List<String> names, String nameOrNumber) {
    int named = names.indexOf(nameOrNumber);
    if (named >= 0) {
      return Optional.of(named);
    }
    boolean number = nameOrNumber.matches("\\d{1,6}");
    return Optional.of(number ? Integer.parseInt(nameOrNumber) : names.size())
        .filter(index -> index < names.size());
  }

  /** The times {@code [rows]}, strictly increasing, in the unit of the file; empty without them. */
  public Optional<double[]> times() {
    return times.map(double[]::clone);
  }
}
