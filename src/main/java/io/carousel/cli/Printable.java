package io.carousel.cli;

import java.util.stream.Collectors;

/** Text out of files and arguments, made safe for a terminal: one line, no control characters. */
final class Printable {
  private Printable() {}

  /** Line breaks become spaces, other control characters are escaped. */
  static String text(String text) {
    return text.strip().codePoints().mapToObj(Printable::character).collect(Collectors.joining());
  }

  private static String character(int c) {
    if (c == '\n' || c == '\t') {
      return " ";
    }
    if (c == '\r') {
      return "";
    }
    return Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c);
  }
}
