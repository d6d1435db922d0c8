package peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
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
 * @param add whether the results go beside those that the folder has
 * @param report whether nothing is measured: reports are made of what the folder has
 * @param revision of Carousel's sources
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
    long waitMillis,
    boolean add,
    boolean report,
    String revision) {
  static final String USAGE =
      "usage: [--peers a,b] [--workloads REGEX] [--threads 1,2] [--rounds 5] [--max-rounds N]"
          + " [--millis 250] [--warm-up 2000] [--wait MILLIS] [--out DIR]"
          + " [--add] [--report]";

  private static final Set<String> FLAGS = Set.of("add", "report");

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
          "wait",
          "revision");

  /**
   * Reads pairs of option and value, and options without.
   *
   * @throws IllegalArgumentException when an option is unknown, lacks its value or has a bad one
   */
  static Options parse(String[] args) {
    Map<String, String> given = new HashMap<>();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      String name = option.startsWith("--") ? option.substring(2) : "";
      boolean flag = FLAGS.contains(name);
      if (!flag && !(NAMES.contains(name) && rest.hasNext())) {
        throw new IllegalArgumentException("bad option '" + option + "'; " + USAGE);
      }
      given.put(name, flag ? "" : rest.next());
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
        Long.parseLong(given.getOrDefault("wait", "0")),
        given.containsKey("add"),
        given.containsKey("report"),
        given.getOrDefault("revision", "of unknown revision"));
  }
}
