package peers;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A line of results.csv: what one peer took for a step of one workload with a number of threads.
 * Numbers that are not known are NaN.
 *
 * @param medianMillis of the steps that count
 * @param leastMillis the fastest step of all rounds
 * @param p99Millis of the steps that count
 * @param cpuMillis processor time of a step, waiting loops of thread pools included
 * @param gflops useful operations by the median
 * @param steps how many count
 * @param rounds turns
 * @param quietRounds turns that count; where there is none, the best turn does
 * @param noise the largest disturbance in the rounds that count
 * @param heapBytes allocated in a step by Java's threads
 * @param kernel {@link Runner#kernel}
 * @param measured date and time
 * @param note why there are no figures, else empty
 */
record Figure(
    String workload,
    String peer,
    int threads,
    double medianMillis,
    double leastMillis,
    double p99Millis,
    double cpuMillis,
    double gflops,
    int steps,
    int rounds,
    int quietRounds,
    double noise,
    double heapBytes,
    String kernel,
    String measured,
    String note) {
  static final String CSV_HEADER =
      "workload,peer,threads,median_ms,min_ms,p99_ms,cpu_ms,gflops,steps,rounds,quiet_rounds,noise,"
          + "heap_bytes,kernel,measured,note";

  static Figure missing(
      String workload, String peer, int threads, String kernel, String measured, String note) {
    double no = Double.NaN;
    return new Figure(
        workload, peer, threads, no, no, no, no, no, 0, 0, 0, no, no, kernel, measured, note);
  }

  /** Reads a line under that header; columns that are missing are not known. */
  static Figure parse(String header, String line) {
    String[] names = header.split(",");
    String[] fields = line.split(",", -1);
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < names.length && i < fields.length; i++) {
      row.put(names[i], fields[i]);
    }
    return new Figure(
        row.get("workload"),
        row.get("peer"),
        Integer.parseInt(row.get("threads")),
        number(row, "median_ms"),
        number(row, "min_ms"),
        number(row, "p99_ms"),
        number(row, "cpu_ms"),
        number(row, "gflops"),
        count(row, "steps"),
        count(row, "rounds"),
        count(row, "quiet_rounds"),
        number(row, "noise"),
        number(row, "heap_bytes"),
        row.getOrDefault("kernel", ""),
        row.getOrDefault("measured", ""),
        row.getOrDefault("note", ""));
  }

  private static double number(Map<String, String> row, String name) {
    String value = row.getOrDefault(name, "");
    return value.isEmpty() ? Double.NaN : Double.parseDouble(value);
  }

  private static int count(Map<String, String> row, String name) {
    String value = row.getOrDefault(name, "");
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  /** The line that {@link #parse} reads. */
  String csv() {
    String numbers =
        isEmpty()
            ? ",,,,,,,,,"
            : String.format(
                Locale.ROOT,
                "%.6f,%.6f,%.6f,%.6f,%.2f,%d,%d,%d,%.2f,%.1f",
                medianMillis,
                leastMillis,
                p99Millis,
                cpuMillis,
                gflops,
                steps,
                rounds,
                quietRounds,
                noise,
                heapBytes);
    return String.join(
        ",",
        workload,
        peer,
        "" + threads,
        numbers,
        kernel.replace(',', ';'),
        measured,
        note.replace(',', ';'));
  }

  /** Whether nothing was measured. */
  boolean isEmpty() {
    return Double.isNaN(medianMillis);
  }

  /** Whether no round was quiet. */
  boolean isNoisy() {
    return quietRounds == 0;
  }

  /** A star where no round was quiet. */
  String mark() {
    return isNoisy() ? "*" : "";
  }
}
