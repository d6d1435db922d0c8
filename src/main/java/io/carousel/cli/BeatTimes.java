package io.carousel.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The times of beats in a few words. */
final class BeatTimes {
  private static final int MOST_NAMED = 20;

  private BeatTimes() {}

  /** {@code , at 241.33, 242.81 s and 3 more}; empty where there are none. */
  static String words(List<Double> seconds) {
    if (seconds.isEmpty()) {
      return "";
    }
    String named =
        seconds.stream()
            .limit(MOST_NAMED)
            .map(second -> String.format(Locale.ROOT, "%.2f", second))
            .collect(Collectors.joining(", "));
    int more = seconds.size() - MOST_NAMED;
    return ", at " + named + " s" + (more > 0 ? " and " + more + " more" : "");
  }
}
