package peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The process of one peer with one number of threads, seen from the harness. */
final class WorkerProcess implements AutoCloseable {
  private static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx3g", "-XX:+UseSerialGC");

  private final Peer peer;
  private final int threads;
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter commands;
  private boolean dead;

  /**
   * Starts it.
   *
   * @param root folder of the modules
   * @param log receives what the worker prints
   */
  WorkerProcess(Peer peer, int threads, Path root, File log) throws IOException {
    this.peer = peer;
    this.threads = threads;
    Path module = root.resolve(peer.module());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            module.resolve("target/classes").toString(),
            Files.readString(module.resolve("target/cp.txt")).trim()));
    command.addAll(peer.jvmOptions());
    command.addAll(List.of(Worker.class.getName(), peer.runner(), "" + threads));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    Map<String, String> environment = builder.environment();
    for (String library : List.of("OMP", "MKL", "OPENBLAS")) {
      environment.put(library + "_NUM_THREADS", "" + threads);
    }
    for (String setting : peer.environment()) {
      String[] nameAndValue = setting.split("=", 2);
      environment.put(nameAndValue[0], nameAndValue[1]);
    }
    process = builder.start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream()), 1 << 16);
    commands = new PrintWriter(new OutputStreamWriter(process.getOutputStream()), true);
  }

  Peer peer() {
    return peer;
  }

  int threads() {
    return threads;
  }

  /** Name and threads, for people and as a key. */
  String id() {
    return peer.name() + "/" + threads;
  }

  /** Sends a command of {@link Worker} and returns its answer. */
  String ask(String command) throws IOException {
    if (!dead) {
      commands.println(command);
      String answer = answers.readLine();
      if (answer != null) {
        return answer;
      }
      dead = true;
    }
    return Worker.ERROR + " worker died, see workers.log";
  }

  /** Seconds of processor time that the worker has used. */
  double cpuSeconds() throws IOException {
    String[] answer = ask("cpu").split(" ");
    return answer[0].equals(Worker.OK) ? Long.parseLong(answer[1]) / 1e9 : 0;
  }

  /** Seconds that the worker's threads have waited for a core while they could have run. */
  double delaySeconds() throws IOException {
    double delay = 0;
    Path tasks = Path.of("/proc", "" + process.pid(), "task");
    try (DirectoryStream<Path> threadFolders = Files.newDirectoryStream(tasks)) {
      for (Path folder : threadFolders) {
        delay += delaySeconds(folder);
      }
    }
    return delay;
  }

  private static double delaySeconds(Path threadFolder) {
    try {
      return Long.parseLong(Files.readString(threadFolder.resolve("schedstat")).split(" ")[1])
          / 1e9;
    } catch (IOException e) {
      return 0; // the thread has ended since the folder was listed
    }
  }

  @Override
  public void close() throws IOException {
    if (!dead) {
      ask("quit");
    }
    process.destroy();
  }
}
