package io.carousel.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The JSON lines of {@code carousel bench} in the files *.jsonl of folders. */
record MeasuredLines(List<JsonNode> lines) {
  static MeasuredLines read(List<String> folders) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String folder : folders) {
      addTo(lines, Path.of(folder));
    }
    return new MeasuredLines(lines);
  }

  private static void addTo(List<JsonNode> lines, Path folder) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(mapper.readTree(line));
        }
      }
    }
  }

  /** The lines of that kind and suite. */
  List<JsonNode> of(String kind, String suite) {
    return lines.stream().filter(has("kind", kind).and(has("suite", suite))).toList();
  }

  /** Workloads and threads of a suite in the order of the lines, workloads together. */
  List<Place> places(String suite) {
    List<JsonNode> results = of("result", suite);
    List<String> workloads =
        results.stream().map(line -> line.get("workload").asText()).distinct().toList();
    List<Integer> threads =
        results.stream().map(line -> line.get("threads").asInt()).distinct().sorted().toList();
    List<Place> places = new ArrayList<>();
    for (String workload : workloads) {
      threads.forEach(count -> places.add(new Place(suite, workload, count)));
    }
    return places.stream()
        .filter(place -> find(place, "stepwise").isPresent() || find(place, "fused").isPresent())
        .toList();
  }

  /** A workload of a suite with a number of threads. */
  record Place(String suite, String workload, int threads) {}

  /** What was found with a plan whose kernel begins with that word. */
  Optional<JsonNode> find(Place place, String plan) {
    return of("result", place.suite()).stream()
        .filter(has("workload", place.workload()))
        .filter(line -> line.get("threads").asInt() == place.threads())
        .filter(line -> line.get("plan").asText().startsWith(plan))
        .findFirst();
  }

  private static Predicate<JsonNode> has(String field, String value) {
    return line -> line.path(field).asText().equals(value);
  }
}
