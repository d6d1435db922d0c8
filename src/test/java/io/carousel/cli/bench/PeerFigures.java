package io.carousel.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The results.csv of bench/peers: columns by name, no quoting. */
record PeerFigures(List<Figure> figures) {
  /**
   * One cell of the table.
   *
   * @param milliseconds median of a step
   * @param quiet whether there was a quiet round
   */
  record Figure(String workload, String peer, int threads, double milliseconds, boolean quiet) {}

  static PeerFigures read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> header = List.of(lines.get(0).split(",", -1));
    return new PeerFigures(
        lines.stream()
            .skip(1)
            .map(line -> line.split(",", -1))
            .filter(words -> !words[header.indexOf("median_ms")].isEmpty())
            .map(
                words ->
                    new Figure(
                        words[header.indexOf("workload")],
                        words[header.indexOf("peer")],
                        Integer.parseInt(words[header.indexOf("threads")]),
                        Double.parseDouble(words[header.indexOf("median_ms")]),
                        !words[header.indexOf("quiet_rounds")].equals("0")))
            .toList());
  }

  List<String> workloads() {
    return figures.stream().map(Figure::workload).distinct().toList();
  }

  List<Integer> threads() {
    return figures.stream().map(Figure::threads).distinct().sorted().toList();
  }

  List<String> peers() {
    return figures.stream().map(Figure::peer).distinct().toList();
  }

  Optional<Figure> find(String workload, String peer, int threads) {
    return figures.stream()
        .filter(figure -> figure.workload().equals(workload) && figure.peer().equals(peer))
        .filter(figure -> figure.threads() == threads)
        .findFirst();
  }
}
