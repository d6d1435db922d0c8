package io.carousel.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options that a mistyped one may mean. */
final class NearOptions {
  private static final int MOST_EDITS = 2;

  private NearOptions() {}

  /**
   * Those at the fewest edits from it, two at most; the library's own guess where there is none.
   */
  static List<String> to(UnmatchedArgumentException e, CommandSpec command) {
    if (!e.isUnknownOption()) {
      return e.getSuggestions();
    }
    String typed = e.getUnmatched().get(0).replaceFirst("=.*", "");
    for (int edits = 1; edits <= MOST_EDITS; edits++) {
      int limit = edits;
      List<String> near =
          command.optionsMap().keySet().stream()
              .filter(option -> option.startsWith("--") && edits(typed, option) <= limit)
              .toList();
      if (!near.isEmpty()) {
        return near;
      }
    }
    return e.getSuggestions();
  }

  /** Insertions, deletions, replacements and swaps of neighbours from one word to the other. */
  static int edits(String from, String to) {
    int[][] least = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          least[i][j] = i + j;
          continue;
        }
        int replaced = least[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        least[i][j] = Math.min(replaced, 1 + Math.min(least[i - 1][j], least[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        if (swapped) {
          least[i][j] = Math.min(least[i][j], 1 + least[i - 2][j - 2]);
        }
      }
    }
    return least[from.length()][to.length()];
  }
}
