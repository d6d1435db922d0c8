package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchShape.Lengths;
import io.carousel.cli.bench.Coverage;
import io.carousel.cli.bench.Coverage.Place;
import io.carousel.device.Precision;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Shows for which shapes a device has a plan of its own. */
final class BenchGrid {
  private BenchGrid() {}

  /** One line for a place. */
  static ObjectNode json(Place place) {
    ObjectNode json = BenchJson.line("coverage", "gpu");
    json.put("precision", BenchJson.word(place.precision()));
    json.put("cell", BenchJson.word(place.cell())).put("directions", place.directions());
    json.put("lengths", BenchJson.word(place.lengths()));
    json.put("H", place.units()).put("B", place.batchSize());
    return json.put("fused", place.whyNotFused() == null).put("whyNotFused", place.whyNotFused());
  }

  /**
   * Prints a table for each precision with a row for each kind of stack and a column for each
   * number of sequences; in a cell the number of the reason against a dense and a ragged batch, +
   * where there is none.
   */
  static void print(List<Place> places, PrintWriter out) {
    places.stream()
        .collect(Collectors.groupingBy(Place::precision, TreeMap::new, Collectors.toList()))
        .forEach((precision, some) -> print(precision, some, out));
  }

  private static void print(Precision precision, List<Place> places, PrintWriter out) {
    long fused = places.stream().filter(place -> place.whyNotFused() == null).count();
    out.printf(
        "%nfused plans in %s: %d of %d stacks (I = H, T = 100; dense/ragged; + has one)%n",
        precision, fused, places.size());
    String[] headings =
        Stream.concat(
                Stream.of("cell", ">directions", ">H"),
                Coverage.BATCHES.stream().map(batch -> ">B=" + batch))
            .toArray(String[]::new);
    TextTable table = new TextTable(headings);
    Map<String, Integer> reasons = new LinkedHashMap<>();
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (Place place : places) {
      if (place.lengths() == Lengths.DENSE) {
        String key = row(place);
        List<String> cells = rows.computeIfAbsent(key, k -> new ArrayList<>());
        cells.add(mark(place, reasons) + "/" + mark(ragged(place, places), reasons));
      }
    }
    rows.forEach(
        (key, cells) ->
            table.row(
                Stream.concat(Stream.of(key.split(" ", -1)), cells.stream())
                    .toArray(String[]::new)));
    table.print(out, "");
    reasons.forEach((why, number) -> out.println(number + ": " + why));
  }

  private static String row(Place place) {
    return BenchJson.word(place.cell()) + " " + place.directions() + " " + place.units();
  }

  private static Place ragged(Place dense, List<Place> places) {
    return places.stream()
        .filter(place -> place.lengths() == Lengths.RAGGED && row(place).equals(row(dense)))
        .filter(place -> place.batchSize() == dense.batchSize())
        .findFirst()
        .orElseThrow();
  }

  private static String mark(Place place, Map<String, Integer> reasons) {
    String why = place.whyNotFused();
    if (why == null) {
      return "+";
    }
    Integer number = reasons.computeIfAbsent(why, reason -> reasons.size() + 1);
    return number.toString();
  }
}
