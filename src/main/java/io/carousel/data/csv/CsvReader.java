package io.carousel.data.csv;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Reads one file into a {@link CsvSeries}. */
final class CsvReader {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?");

  /** What programs write for numbers that are none; a column's name is something else. */
  private static final Pattern NOT_FINITE = Pattern.compile("(?i)[-+]?(?:nan|inf|infinity)");

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path file;
  private final CsvOptions options;
  private int line;
  private int firstRow;

  private List<String> names = List.of();
  private List<NumberColumn> columns = List.of();
  private char separator;

  CsvReader(Path file, CsvOptions options) {
    this.file = file;
    this.options = options;
  }

  CsvSeries read() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CsvException(file, "no such file");
    }
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      readLines(in);
    } catch (CharacterCodingException e) {
      throw new CsvException(file, "not a text file in UTF-8, after line " + line);
    }
    if (columns.isEmpty() || columns.get(0).size() == 0) {
      throw new CsvException(file, line == 0 ? "the file is empty" : "no rows of numbers");
    }
    return new CsvSeries(file, names, columns.stream().map(NumberColumn::floats).toList(), times());
  }

  private void readLines(BufferedReader in) throws IOException {
    int blankLine = 0;
    for (String text = in.readLine(); text != null; text = in.readLine()) {
      line++;
      if (text.isBlank() || text.equals(String.valueOf(BYTE_ORDER_MARK))) {
        blankLine = blankLine == 0 ? line : blankLine;
      } else if (blankLine > 0) {
        throw new CsvException(file, blankLine, "the line is blank"); // at the end it may be
      } else if (line == 1) {
        firstLine(text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text);
      } else {
        addRow(cells(text));
      }
    }
  }

  private void firstLine(String text) throws CsvException {
    separator = options.separator().orElseGet(() -> detectSeparator(text));
    List<String> cells = cells(text);
    boolean header =
        options.header().orElseGet(() -> !cells.stream().allMatch(CsvReader::isNumberOrNotFinite));
    firstRow = header ? 2 : 1;
    names = header ? cells : IntStream.range(0, cells.size()).mapToObj(Integer::toString).toList();
    columns = names.stream().map(name -> new NumberColumn()).toList();
    if (new HashSet<>(names).size() < names.size()) {
      throw new CsvException(file, line, "two columns have the same name: " + names);
    }
    if (!header) {
      addRow(cells);
    }
  }

  private static char detectSeparator(String text) {
    for (char candidate : new char[] {'\t', ';'}) {
      if (text.indexOf(candidate) >= 0) {
        return candidate;
      }
    }
    return ',';
  }

  private List<String> cells(String text) throws CsvException {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      throw new CsvException(file, line, "a double quote is not closed");
    }
    cells.add(cell.toString().strip());
    return cells;
  }

  private void addRow(List<String> cells) throws CsvException {
    if (cells.size() != columns.size()) {
      throw new CsvException(
          file, line, cells.size() + " cells, where " + columns.size() + " are expected");
    }
    for (int i = 0; i < cells.size(); i++) {
      columns.get(i).add(number(cells.get(i), names.get(i)));
    }
  }

  private double number(String cell, String column) throws CsvException {
    if (cell.isEmpty()) {
      throw new CsvException(file, line, "column '" + column + "' is blank; fill or cut the row");
    }
    boolean isNumber = NUMBER.matcher(cell).matches();
    double value = isNumber ? Double.parseDouble(cell) : Double.NaN;
    if (Float.isFinite((float) value)) {
      return value;
    }
    String problem =
        isNumberOrNotFinite(cell)
            ? "is no finite number; fill or cut the row"
            : "is not a number" + (cell.matches("[-+]?\\d+,\\d+") ? "; use a decimal point" : "");
    throw new CsvException(file, line, "column '" + column + "': '" + cell + "' " + problem);
  }

  private static boolean isNumberOrNotFinite(String cell) {
    return NUMBER.matcher(cell).matches() || NOT_FINITE.matcher(cell).matches();
  }

  private Optional<double[]> times() throws CsvException {
    if (options.timeColumn().isEmpty()) {
      return Optional.empty();
    }
    String wanted = options.timeColumn().get();
    int index =
        CsvSeries.indexOf(names, wanted)
            .orElseThrow(
                () -> new CsvException(file, "no time column '" + wanted + "' in " + names));
    double[] times = columns.get(index).doubles();
    for (int row = 1; row < times.length; row++) {
      if (times[row] <= times[row - 1]) {
        throw new CsvException(
            file, firstRow + row, "time " + times[row] + " does not come after " + times[row - 1]);
      }
    }
    return Optional.of(times);
  }
}
