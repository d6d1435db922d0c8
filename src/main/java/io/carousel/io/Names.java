package io.carousel.io;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** How names that came out of a file appear in a message: quoted, on one line, short. */
final class Names {
  private static final int LONGEST = 120;
  private static final int MOST = 12;

  private Names() {}

  /** {@code text} without control characters, which could forge lines of a log. */
  static String printable(String text) {
    return text.codePoints()
        .mapToObj(
            c -> Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c))
        .collect(Collectors.joining());
  }

  /** {@code text} without control characters, cut after 120 characters. */
  static String oneLine(String text) {
    return text.length() <= LONGEST
        ? printable(text)
        : printable(text.substring(0, LONGEST)) + "... (" + text.length() + " characters)";
  }

  /** {@code 'name'}, safe to print. */
  static String quote(String name) {
    return "'" + oneLine(name) + "'";
  }

  /** The first twelve names, quoted, and how many more there are. */
  static String list(Collection<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    String first = names.stream().limit(MOST).map(Names::quote).collect(Collectors.joining(", "));
    return names.size() <= MOST ? first : first + " and " + (names.size() - MOST) + " more";
  }

  /** The available names that look most like {@code wanted}, nearest first. */
  static String nearest(String wanted, Collection<String> available) {
    return list(
        available.stream()
            .sorted(Comparator.comparingInt(name -> -likeness(wanted, name)))
            .limit(MOST)
            .toList());
  }

  /** False for text with half a surrogate pair, which no UTF-8 file can hold. */
  static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static int likeness(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    int start = 0;
    while (start < shorter && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    return start + end;
  }
}
