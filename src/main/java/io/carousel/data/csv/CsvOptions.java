package io.carousel.data.csv;

import java.util.Optional;

/**
 * How a file of separated numbers is laid out, where it does not show by itself.
 *
 * @param separator the character between columns; empty to detect tab, semicolon or comma in the
 *     first line
 * @param header whether the first line names the columns; empty to see: it does when it holds
 *     anything but numbers
 * @param timeColumn the name, or the number from 0, of a column of times; empty where there is none
 */
public record CsvOptions(
    Optional<Character> separator, Optional<Boolean> header, Optional<String> timeColumn) {
  /** Detects separator and header; no time column. */
  public static CsvOptions detect() {
    return new CsvOptions(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same with a given separator. */
  public CsvOptions withSeparator(char character) {
    return new CsvOptions(Optional.of(character), header, timeColumn);
  }

  /** The same with the first line said to name the columns, or not to. */
  public CsvOptions withHeader(boolean present) {
    return new CsvOptions(separator, Optional.of(present), timeColumn);
  }

  /** The same with a column of times. */
  public CsvOptions withTimeColumn(String nameOrNumber) {
    return new CsvOptions(separator, header, Optional.of(nameOrNumber));
  }
}
