package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of {@code targets.csv} for one number of threads: how fast Carousel shall be.
 *
 * @param group of the table
 * @param workload what Carousel runs
 * @param threads its and the others'
 * @param measure median or p99 of a step, or heap: bytes that a step allocates
 * @param against a peer's name; {@code best}, of all peers; {@code dense:WORKLOAD}, the best peer
 *     in the dense workload, times the share of the padded rows that are no padding; - for heap
 * @param least of their time divided by ours; of heap the most bytes
 * @param remark shown behind it
 */
record Target(
    String group,
    String workload,
    int threads,
    String measure,
    String against,
    double least,
    String remark) {
  static final String HEAP = "heap";
  static final String P99 = "p99";
  static final String BEST = "best";
  static final String DENSE = "dense:";

  /** The targets of a file, one for each number of threads. */
  static List<Target> read(Path file) throws IOException {
    List<Target> targets = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] f = line.trim().split("\\s*,\\s*");
        for (String threads : f[2].split("\\+")) {
          targets.add(
              new Target(
                  f[0],
                  f[1],
                  Integer.parseInt(threads),
                  f[3],
                  f[4],
                  Double.parseDouble(f[5]),
                  f.length > 6 ? f[6] : ""));
        }
      }
    }
    return targets;
  }

  /** What a figure says of it: milliseconds, or bytes. */
  double of(Figure figure) {
    return switch (measure) {
      case HEAP -> figure.heapBytes();
      case P99 -> figure.p99Millis();
      default -> figure.medianMillis();
    };
  }
}
