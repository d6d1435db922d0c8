package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.SessionBenchmark;
import io.carousel.cli.bench.SessionBenchmark.Figure;
import io.carousel.cli.bench.Suite;
import io.carousel.device.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Steps of served streams, direct and pooled. */
final class BenchSessions {
  private BenchSessions() {}

  /**
   * Measures one workload.
   *
   * @param out where a line for each figure goes, null for none
   * @param lines takes an object for each figure
   */
  static void run(
      Suite.Named workload,
      BenchCase what,
      Device device,
      double seconds,
      @Nullable PrintWriter out,
      Consumer<ObjectNode> lines)
      throws IOException {
    if (out != null) {
      out.printf(
          "%-14s %8s %9s %10s %10s %12s %10s%n",
          "workload", "way", "sessions", "p50 us", "p99 us", "steps/s", "batch");
    }
    SessionBenchmark.run(
        what,
        device,
        seconds,
        figure -> {
          lines.accept(json(workload.name(), figure, device));
          if (out != null) {
            out.println(line(workload.name(), figure));
            out.flush();
          }
        });
  }

  private static String line(String workload, Figure figure) {
    return String.format(
        Locale.ROOT,
        "%-14s %8s %9d %10.2f %10.2f %12.0f %10.1f",
        workload,
        figure.way(),
        figure.sessions(),
        figure.seconds().median() * 1e6,
        figure.seconds().p99() * 1e6,
        figure.stepsPerSecond(),
        figure.meanBatch());
  }

  private static ObjectNode json(String workload, Figure figure, Device device) {
    ObjectNode json = BenchJson.line("session", BenchJson.word(Suite.SESSIONS));
    json.put("workload", workload).put("threads", device.threads());
    json.put("way", figure.way()).put("sessions", figure.sessions());
    json.putObject("secondsPerStep")
        .put("median", figure.seconds().median())
        .put("p99", figure.seconds().p99());
    json.put("steps", figure.seconds().count());
    json.put("stepsPerSecond", figure.stepsPerSecond()).put("meanBatch", figure.meanBatch());
    return json;
  }
}
