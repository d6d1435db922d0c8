package peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of a run.
 *
 * @param root folder of workloads.csv, peers.list and the modules
 * @param out folder of the results
 * @param workloads regular expression of their names
 * @param peers names, empty for all
 * @param threads numbers of threads
 * @param rounds turns of each worker
 * @param maxRounds turns of a worker that still lacks quiet ones
 * @param millis length of a turn
 * @param warmUpMillis length of each worker's warm-up on a workload: just-in-time compilers need it
 * @param waitMillis longest wait for an idle machine before a turn, 0 for the harness's choice
 */
record Options(
    Path root,
    Path out,
    String workloads,
    Set<String> peers,
    List<Integer> threads,
    int rounds,
    int maxRounds,
    long millis,
    long warmUpMillis,
    long waitMillis) {
  static final String USAGE =
      "usage: [--peers a,b] [--workloads REGEX] [--threads 1,2] [--rounds 5] [--max-rounds N]"
          + " [--millis 250] [--warm-up 2000] [--wait MILLIS] [--out DIR]";

  private static final Set<String> NAMES =
      Set.of(
          "root",
          "out",
          "workloads",
          "peers",
          "threads",
          "rounds",
          "max-rounds",
          "millis",
          "warm-up",
          "wait");

  /**
   * Reads pairs of option and value.
   *
   * @throws IllegalArgumentException when an option is unknown, lacks its value or has a bad one
   */
  static Options parse(String[] args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (!NAMES.contains(name) || i + 1 == args.length) {
        throw new IllegalArgumentException("bad option '" + args[i] + "'; " + USAGE);
      }
      given.put(name, args[i + 1]);
    }
    Path root = Path.of(given.getOrDefault("root", ".")).toAbsolutePath().normalize();
    int rounds = Integer.parseInt(given.getOrDefault("rounds", "5"));
    return new Options(
        root,
        given.containsKey("out")
            ? Path.of(given.get("out")).toAbsolutePath()
            : root.resolve("target/results"),
        given.getOrDefault("workloads", ".*"),
        given.containsKey("peers") ? Set.of(given.get("peers").split(",")) : Set.of(),
        Arrays.stream(given.getOrDefault("threads", "1,2").split(","))
            .map(Integer::valueOf)
            .toList(),
        rounds,
        Integer.parseInt(given.getOrDefault("max-rounds", "" + 4 * rounds)),
        Long.parseLong(given.getOrDefault("millis", "250")),
        Long.parseLong(given.getOrDefault("warm-up", "2000")),
        Long.parseLong(given.getOrDefault("wait", "0")));
  }
}
