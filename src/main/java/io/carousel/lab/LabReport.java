package io.carousel.lab;

import io.carousel.report.Block;
import io.carousel.report.KeyValues;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.train.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of one experiment or of all. */
final class LabReport {
  private LabReport() {}

  static Report of(List<LabResult> results, Setting setting) {
    boolean one = results.size() == 1;
    long passed = results.stream().filter(r -> r.outcome().passed()).count();
    Report report =
        Report.titled(one ? results.get(0).experiment().question() : "Laboratory")
            .subtitle(
                one
                    ? "carousel lab " + results.get(0).experiment().name()
                    : "%d of %d experiments passed".formatted(passed, results.size()));
    if (!one) {
      report.lead(summary(results));
    }
    for (LabResult result : results) {
      Block[] blocks = blocks(result).toArray(new Block[0]);
      if (one) {
        report.lead(blocks);
      } else {
        Experiment experiment = result.experiment();
        report.section(experiment.name() + ": " + experiment.question(), blocks);
      }
    }
    return report.section("Provenance", provenance(setting));
  }

  private static Table summary(List<LabResult> results) {
    Table table =
        Table.captioned("All experiments")
            .text("experiment")
            .text("question")
            .text("result")
            .number("time", "s", 1);
    for (LabResult result : results) {
      table.row(
          result.experiment().name(),
          result.experiment().question(),
          word(result.outcome().passed()),
          result.seconds());
    }
    return table;
  }

  private static List<Block> blocks(LabResult result) {
    Outcome outcome = result.outcome();
    List<Block> blocks = new ArrayList<>();
    outcome.explanation().forEach(text -> blocks.add(Paragraph.of(text.replaceAll("\\s+", " "))));
    blocks.addAll(outcome.pictures());
    outcome.figures().forEach(figures -> blocks.add(table(figures)));
    Table checks =
        Table.captioned("What must hold")
            .text("measured")
            .figure("value")
            .text("must be")
            .text("result");
    for (Check check : outcome.checks()) {
      checks.row(
          check.words(), Figures.shown(check.value()), check.condition(), word(check.passed()));
    }
    blocks.add(checks);
    return blocks;
  }

  private static Table table(Figures figures) {
    Table table = Table.captioned(figures.caption());
    for (int i = 0; i < figures.headings().size(); i++) {
      String heading = figures.headings().get(i);
      if (figures.isNumeric(i)) {
        table.figure(heading);
      } else {
        table.text(heading);
      }
    }
    figures.rows().forEach(row -> table.row(row.stream().map(Figures::shown).toArray()));
    return table;
  }

  private static KeyValues provenance(Setting setting) {
    Map<String, String> facts = Provenance.of(setting.device());
    facts.put("Scale", setting.scale().name().toLowerCase(Locale.ROOT));
    facts.put("Seed", Long.toString(setting.seed()));
    return KeyValues.of(facts);
  }

  private static String word(boolean passed) {
    return passed ? "PASS" : "FAIL";
  }
}
