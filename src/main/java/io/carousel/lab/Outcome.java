package io.carousel.lab;

import io.carousel.report.Block;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came out of an experiment: an explanation, figures, pictures for the report, and the checks
 * that decide whether it passed. Not thread-safe.
 */
public final class Outcome {
  private final String explanation;
  private final List<Figures> figures = new ArrayList<>();
  private final List<Block> pictures = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final Map<String, Object> more = new LinkedHashMap<>();

  private Outcome(String explanation) {
    this.explanation = explanation;
  }

  /**
   * An outcome without figures yet.
   *
   * @param explanation short paragraphs, parted by blank lines: what is done, what is to be seen,
   *     where it was published
   */
  public static Outcome explained(String explanation) {
    return new Outcome(explanation.strip());
  }

  /** Adds a table for console, report and JSON. */
  public Outcome figures(Figures table) {
    figures.add(table);
    return this;
  }

  /** Adds a block, such as a chart, that only the report shows. */
  public Outcome picture(Block block) {
    pictures.add(block);
    return this;
  }

  /** Adds something that must hold. */
  public Outcome check(Check check) {
    checks.add(check);
    return this;
  }

  /**
   * Adds to the JSON what no table holds, such as a curve.
   *
   * @param value a string, a number, an array of numbers, or lists and maps of these
   */
  public Outcome json(String name, Object value) {
    more.put(name, value);
    return this;
  }

  /** Whether every check passed; an experiment without checks proves nothing. */
  public boolean passed() {
    return !checks.isEmpty() && checks.stream().allMatch(Check::passed);
  }

  /** Short paragraphs. */
  public List<String> explanation() {
    return List.of(explanation.split("\\n\\s*\\n"));
  }

  /** The tables. */
  public List<Figures> figures() {
    return Collections.unmodifiableList(figures);
  }

  /** Blocks for the report. */
  public List<Block> pictures() {
    return Collections.unmodifiableList(pictures);
  }

  /** What must hold. */
  public List<Check> checks() {
    return Collections.unmodifiableList(checks);
  }

  /** What else goes into the JSON, by name. */
  public Map<String, Object> json() {
    return Collections.unmodifiableMap(more);
  }
}
