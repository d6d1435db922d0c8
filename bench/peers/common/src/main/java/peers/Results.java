package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What was measured, as a folder keeps it: results.csv, check.csv and versions.txt. Reports are
 * made from nothing else. All figures of a workload come from one invocation: a later one replaces
 * them all.
 */
final class Results {
  private final Path folder;
  private final Map<String, List<Figure>> figures = new LinkedHashMap<>();
  private final List<String> checks = new ArrayList<>();
  private final Set<String> versions = new LinkedHashSet<>();

  /** None yet. */
  Results(Path folder) {
    this.folder = folder;
  }

  /** Those that are in the folder, where there are any. */
  static Results read(Path folder) throws IOException {
    Results results = new Results(folder);
    List<String> lines = lines(folder.resolve("results.csv"));
    for (int i = 1; i < lines.size(); i++) {
      Figure figure = Figure.parse(lines.get(0), lines.get(i));
      results.figures.computeIfAbsent(figure.workload(), w -> new ArrayList<>()).add(figure);
    }
    lines(folder.resolve("check.csv")).stream().skip(1).forEach(results.checks::add);
    results.versions.addAll(lines(folder.resolve("versions.txt")));
    return results;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** Writes the files. */
  void write() throws IOException {
    List<String> csv = new ArrayList<>(List.of(Figure.CSV_HEADER));
    figures.values().forEach(row -> row.forEach(figure -> csv.add(figure.csv())));
    Files.write(folder.resolve("results.csv"), csv);
    List<String> allChecks = new ArrayList<>(List.of(CrossCheck.CSV_HEADER));
    allChecks.addAll(checks);
    Files.write(folder.resolve("check.csv"), allChecks);
    Files.write(folder.resolve("versions.txt"), versions);
  }

  /** Adds a line on what ran: a machine, a library. Told once however often it comes. */
  void addVersion(String line) {
    versions.add(line);
  }

  /** Sets all that is known of a workload. */
  void replace(String workload, List<Figure> row, List<String> comparisons) {
    figures.put(workload, List.copyOf(row));
    checks.removeIf(line -> line.startsWith(workload + ","));
    checks.addAll(comparisons);
  }

  List<String> versions() {
    return List.copyOf(versions);
  }

  /** A line for each result that differs from the first peer's. */
  List<String> failures() {
    return CrossCheck.failures(checks);
  }

  boolean has(String workload) {
    return figures.containsKey(workload);
  }

  boolean hasPeer(String peer) {
    return all().stream().anyMatch(figure -> figure.peer().equals(peer));
  }

  /** The numbers of threads, rising. */
  Set<Integer> threads() {
    return all().stream().map(Figure::threads).collect(Collectors.toCollection(TreeSet::new));
  }

  List<Figure> all() {
    return figures.values().stream().flatMap(List::stream).toList();
  }

  /** What a peer took, or a figure without numbers. */
  Figure figure(String workload, String peer, int threads) {
    return figures.getOrDefault(workload, List.of()).stream()
        .filter(figure -> figure.peer().equals(peer) && figure.threads() == threads)
        .findFirst()
        .orElse(Figure.missing(workload, peer, threads, "", "", Worker.SKIP + " not measured"));
  }
}
