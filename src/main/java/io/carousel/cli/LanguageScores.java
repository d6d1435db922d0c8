package io.carousel.cli;

import io.carousel.task.language.TextScore;
import java.util.Locale;

/** How scores of language models are shown. */
final class LanguageScores {
  private LanguageScores() {}

  /** A table without rows yet. */
  static TextTable table(String token) {
    return new TextTable("part", ">" + token, ">unknown", ">nats", ">perplexity", ">bits");
  }

  /** Adds the score of one part of the data. */
  static void row(TextTable table, String part, TextScore score) {
    table.row(
        part,
        String.format(Locale.ROOT, "%,d", score.tokens()),
        String.format(Locale.ROOT, "%,d", score.unknown()),
        String.format(Locale.ROOT, "%.4f", score.mean()),
        String.format(Locale.ROOT, "%.3f", score.perplexity()),
        String.format(Locale.ROOT, "%.4f", score.bits()));
  }
}
