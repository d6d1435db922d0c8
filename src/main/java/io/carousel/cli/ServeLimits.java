package io.carousel.cli;

import io.carousel.serve.SessionPool;
import io.carousel.serve.http.HttpLimits;
import io.carousel.serve.http.InferenceServer;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that bound what clients may take. */
final class ServeLimits {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      description = "Longest body of a request (default: 16).")
  private int bodyMebibytes = HttpLimits.DEFAULT.bodyBytes() >> 20;

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      description = "Most steps of one inference, batch x time (default: 262144).")
  private int steps = HttpLimits.DEFAULT.steps();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Open connections; beyond, idle ones make room (default: 4096).")
  private int connections = HttpLimits.DEFAULT.connections();

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Requests answered at once; beyond, the answer is 503 (default: 256).")
  private int requests = HttpLimits.DEFAULT.requests();

  @Option(
      names = "--max-event-streams",
      paramLabel = "N",
      description = "Open streams of events (default: 64).")
  private int eventStreams = HttpLimits.DEFAULT.eventStreams();

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description = "How long a stop waits for requests under way (default: 30).")
  private int drainSeconds = (int) HttpLimits.DEFAULT.drain().toSeconds();

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      description = "Open sessions of each model (default: 10000).")
  private int sessions = 10_000;

  @Option(
      names = "--session-expiry",
      paramLabel = "MINUTES",
      description = "Sessions that rest for so long are closed (default: 60).")
  private int expiryMinutes = 60;

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      description = "Most sessions whose steps are computed together (default: 64).")
  private int batch = 64;

  @Option(
      names = "--max-delay",
      paramLabel = "MS",
      description = "How long a step may wait for others to share its batch (default: 1).")
  private double delayMilliseconds = 1;

  /** Tells the server. */
  void apply(InferenceServer.Builder server) {
    require("--max-body", bodyMebibytes, 1, 1_024);
    require("--max-steps", steps, 1, Integer.MAX_VALUE);
    require("--max-connections", connections, 1, 1_000_000);
    require("--max-requests", requests, 1, 10_000);
    require("--max-event-streams", eventStreams, 1, 10_000);
    require("--drain", drainSeconds, 1, 86_400);
    require("--max-sessions", sessions, 1, Integer.MAX_VALUE);
    require("--session-expiry", expiryMinutes, 1, 1_000_000);
    require("--max-batch", batch, 1, 65_536);
    require("--max-delay", delayMilliseconds, 0, 60_000);
    server.limits(
        HttpLimits.builder()
            .bodyBytes(bodyMebibytes << 20)
            .steps(steps)
            .connections(connections)
            .requests(requests)
            .eventStreams(eventStreams)
            .drain(Duration.ofSeconds(drainSeconds))
            .build());
    server.sessions(this::pool);
  }

  private SessionPool.Builder pool(SessionPool.Builder pool) {
    Duration expiry = Duration.ofMinutes(expiryMinutes);
    Duration rest = Duration.ofMinutes(5);
    return pool.maxSessions(sessions)
        .expireAfter(expiry)
        .idleAfter(rest.compareTo(expiry) < 0 ? rest : expiry)
        .maxBatch(batch)
        .maxDelay(Duration.ofNanos((long) (delayMilliseconds * 1e6)));
  }

  private void require(String option, double value, int least, int most) {
    if (!(value >= least && value <= most)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must lie in %d..%d, got %s".formatted(option, least, most, plain(value)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
