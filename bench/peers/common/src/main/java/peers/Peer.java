package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A line of {@code peers.list}.
 *
 * @param name in tables
 * @param module folder of its Maven module
 * @param runner class that implements {@link Runner}
 * @param jvmOptions for its workers
 * @param environment NAME=VALUE for its workers
 * @param leftOut regular expression of workloads that it is not asked to run
 */
record Peer(
    String name,
    String module,
    String runner,
    List<String> jvmOptions,
    List<String> environment,
    String leftOut) {
  private static final String ENVIRONMENT = "env:";
  private static final String LEFT_OUT = "not:";

  /** The peers of a file that are wanted: those of these names, or all where there are none. */
  static List<Peer> read(Path file, Set<String> wanted) throws IOException {
    List<Peer> peers = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        Peer peer = parse(line);
        if (wanted.isEmpty() || wanted.contains(peer.name)) {
          peers.add(peer);
        }
      }
    }
    if (peers.isEmpty() || peers.size() < wanted.size()) {
      throw new IllegalArgumentException(
          "of the peers "
              + wanted
              + " only "
              + peers.stream().map(Peer::name).toList()
              + " are known");
    }
    return peers;
  }

  private static Peer parse(String line) {
    String home = System.getProperty("user.home");
    String[] fields = line.trim().split("\\s+");
    List<String> options = new ArrayList<>();
    List<String> environment = new ArrayList<>();
    String leftOut = "";
    for (int i = 3; i < fields.length; i++) {
      if (fields[i].startsWith(LEFT_OUT)) {
        leftOut = fields[i].substring(LEFT_OUT.length());
      } else if (fields[i].startsWith(ENVIRONMENT)) {
        environment.add(fields[i].substring(ENVIRONMENT.length()).replace("~", home));
      } else {
        options.add(fields[i]);
      }
    }
    return new Peer(fields[0], fields[1], fields[2], options, environment, leftOut);
  }
}
