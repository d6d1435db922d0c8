package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private static final String SHAPE = "T=3,B=2,I=4,H=5,layers=2";

  @ParameterizedTest
  @CsvSource({
    // rows · 2 · gates·H · ((I + H) + (D·H + H)) · directions, three times that with gradients
    "lstm, train, 1, 13680",
    "lstm, fwdbwd, 2, 34560",
    "gru, infer, 1, 3420",
    "rnn, stream, 1, 190"
  })
  void everyModeIsMeasured(String cell, String mode, int directions, double flop)
      throws IOException {
    Cli run =
        Cli.run(
                "bench",
                "--cell",
                cell,
                "--mode",
                mode,
                "--shape",
                SHAPE,
                "--directions",
                directions,
                "--seconds",
                "0.05",
                "--threads",
                1,
                "--device",
                "cpu",
                "--json")
            .succeeded();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(flop, json.get("flopPerStep").asDouble());
    assertEquals(0, json.get("steadyStateDeviceAllocations").asInt(-1));
    assertEquals(mode.equals("stream") ? 1 : 3, json.get("T").asInt());
    boolean fused = json.get("whyNotFused").isNull();
    assertTrue(json.get("plan").asText().matches(fused ? "fused-avx(2|512)" : "stepwise"));
    assertTrue(json.get("steps").asInt() >= 5);
    JsonNode seconds = json.get("secondsPerStep");
    double last = 0;
    for (String name : new String[] {"min", "p10", "median", "p90", "max"}) {
      double value = seconds.get(name).asDouble();
      assertTrue(value >= last, seconds.toString());
      last = value;
    }
    assertTrue(seconds.get("min").asDouble() > 0);
  }

  @Test
  void peopleReadTheSame() {
    Cli run = Cli.run("bench", "--shape", SHAPE, "--seconds", "0.05").succeeded();
    run.printed("train lstm, T=3 B=2 I=4 H=5, 2 layer\\(s\\), 1 direction\\(s\\), fp32, plan .*");
    run.printed(" +step +\\d+\\.\\d{3} ms median of \\d+ .*").printed(" +products .* GFLOP/s");
  }

  private static Cli suite(Object... words) {
    List<Object> all =
        new ArrayList<>(List.of("bench", "--device", "cpu", "--threads", 1, "--seconds", "0.01"));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  private static List<JsonNode> objects(String lines) {
    return lines.lines().map(BenchCommandTest::object).toList();
  }

  private static JsonNode object(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSuiteIsATableForPeopleAndLinesInAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lines.jsonl");
    Cli run = suite("--suite", "stream", "--only", "-(128|256)$", "--json-lines", file);
    assertEquals(0, run.exitCode(), run.err());
    run.printed("workload +plan +p50 us +p99 us .*").printed("stream-128 +\\S+ +[0-9.*]+ .*");
    run.printed("gru-stream-256 .*").printed("ceilings: .* GFLOP/s .*");
    run.out().lines().skip(1).forEach(line -> assertTrue(line.length() <= 100, line));
    List<String> progress = run.err().lines().toList();
    assertEquals(3, progress.size(), run.err());
    assertTrue(progress.get(2).matches("3/3  gru-stream-256 .* us  about 0 s left"), run.err());
    assertFalse(run.err().contains("\r"), "no line is written over off a terminal");
    List<JsonNode> lines = objects(Files.readString(file));
    assertEquals("machine", lines.get(0).get("kind").asText());
    assertTrue(lines.get(0).get("gigaflopsPerSecond").asDouble() > 0);
    assertTrue(lines.get(0).get("traffic").get(0).get("copyBytesPerSecond").asDouble() > 0);
    for (JsonNode line : lines.subList(1, lines.size())) {
      assertEquals("result", line.get("kind").asText());
      assertEquals("stream", line.get("suite").asText());
      assertEquals(0, line.get("steadyStateDeviceAllocations").asInt(-1));
      assertTrue(line.get("peakDeviceBytes").asLong() >= line.get("deviceBytes").asLong());
      assertTrue(line.get("turns").asInt() >= 5);
      JsonNode roofline = line.get("roofline");
      assertTrue(roofline.get("bound").asText().matches("compute|traffic"));
      assertEquals(
          roofline.get("seconds").asDouble() / line.get("secondsPerStep").get("median").asDouble(),
          roofline.get("share").asDouble(),
          1e-9);
    }
  }

  /** With a fused plan each workload comes twice, the stepwise plan first; else once. */
  @Test
  void everyPlanThatTheDeviceOffersIsMeasured() {
    Cli run = suite("--suite", "stream", "--only", "^stream-128", "--json");
    List<JsonNode> lines = objects(run.out());
    assertEquals("machine", lines.get(0).get("kind").asText());
    assertEquals("stepwise", lines.get(1).get("plan").asText());
    String fused = lines.size() == 2 ? "none" : lines.get(2).get("plan").asText();
    assertTrue(fused.matches("none|fused-.*"), fused);
    Cli one = suite("--suite", "stream", "--only", "^stream-128", "--json", "--plan", "stepwise");
    assertEquals(2, objects(one.out()).size());
    assertEquals("stepwise", objects(one.out()).get(1).get("plan").asText());
  }

  /** The verdict decides the exit code; a JVM may grow, the device must not. */
  @Test
  void longTrainingEndsWithAVerdict() {
    Cli run =
        Cli.run(
            "bench",
            "--device",
            "cpu",
            "--threads",
            1,
            "--suite",
            "soak",
            "--steps",
            300,
            "--json");
    List<JsonNode> lines = objects(run.out());
    assertEquals(
        "machine" + " soak".repeat(9) + " verdict",
        lines.stream().map(line -> line.get("kind").asText()).collect(Collectors.joining(" ")));
    assertEquals(
        List.of(0, 3, 15, 30, 60, 120, 180, 240, 300),
        lines.subList(1, 10).stream().map(line -> line.get("step").asInt()).toList());
    for (JsonNode line : lines.subList(4, 10)) {
      assertEquals(
          lines.get(4).get("deviceBytes").asLong(),
          line.get("deviceBytes").asLong(),
          line::toString);
      assertTrue(line.get("loss").asDouble() < lines.get(2).get("loss").asDouble());
    }
    assertEquals(lines.get(10).get("flat").asBoolean() ? 0 : 1, run.exitCode(), run.err());
  }

  /** Nothing is timed; the device is asked about 576 stacks. */
  @Test
  void theGridOfFusedPlansFollowsTheGpuSuite() {
    Cli run = suite("--suite", "gpu", "--only", "coverage");
    assertEquals(0, run.exitCode(), run.err());
    run.printed("fused plans in FP32: \\d+ of 576 stacks .*");
    run.printed("lstm +1 +512( +(\\+|\\d+)/(\\+|\\d+)){6}");
    run.printed("rnn +2 +64( +(\\+|\\d+)/(\\+|\\d+)){6}");
  }

  @Test
  void raggedSequencesCostTheirRows() throws IOException {
    Cli run =
        Cli.run(
                "bench",
                "--shape",
                "T=8,B=4,I=3,H=5,lengths=ragged",
                "--mode",
                "fwdbwd",
                "--seconds",
                "0.01",
                "--device",
                "cpu",
                "--json")
            .succeeded();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("ragged", json.get("lengths").asText());
    assertEquals(8 + 6 + 4 + 2, json.get("rows").asInt());
    assertEquals(3 * 2 * 20 * 20 * (3 + 5), json.get("flopPerStep").asInt());
    assertEquals(0, json.get("steadyStateDeviceAllocations").asInt(-1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--mode train | Missing required option: '--shape=SHAPE'",
        "--shape T=0,B=1,I=1,H=1 | T is 0, outside 1..2147483647",
        "--shape T=2,B=2147483647,I=1,H=1 | T*B is 4294967294, more than 2147483647",
        "--shape T=1,B=1,I=1,H=1 --directions 3 | directions must be 1 or 2",
        "--shape T=1,B=1,I=1,H=1 --directions 2 --mode stream | a stream runs forward only",
        "--shape T=1,B=1,I=1,H=1 --seconds 0 | --seconds must lie above 0",
        "--shape T=1,B=1,I=1,H=1,lengths=ragged --mode stream | lengths must be dense",
        "--shape T=1,B=1,I=1,H=1 --only x | --only and --json-lines belong to --suite",
        "--suite cpu --shape T=1,B=1,I=1,H=1 | --suite and --shape exclude each other",
        "--suite fast | expected one of [CPU, GPU, RAGGED, STREAM, SESSIONS, SCALING, SOAK]",
        "--suite soak --steps 99 | --steps must be at least 100, got 99",
        "--suite stream --mode train | --mode has no effect here: a suite has its own",
        "--suite soak --seconds 1 | --seconds has no effect here: suite soak takes --steps",
        "--suite stream --steps 200 | --steps has no effect here: it belongs to --suite soak",
        "--shape T=1,B=1,I=1,H=1 --mode infer --recompute | --recompute has no effect here: nothing",
        "--suite sessions --recompute | --recompute has no effect here: nothing runs backward",
        "--shape T=1,B=1,I=1,H=1 --plan stepwise --recompute | the stepwise plan keeps all gates",
        "--device cpu --suite cpu --recompute | here: device cpu keeps all gates",
        "--suite stream --only x$ | --only 'x$' leaves none of stream-128, stream-256",
        "--suite stream --only [ | '[' is no regular expression: Unclosed character class",
        "--shape T=1,B=1,I=1,H=1 --cell lsmt | expected one of [RNN, LSTM, GRU]",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    Cli.run((Object[]) ("bench " + words).split(" ")).failed(2, expected);
  }

  @Test
  void whatDoesNotFitIntoMemoryIsNamed() {
    Cli.run("bench", "--device", "cpu", "--shape", "T=400000,B=1000,I=100000,H=1")
        .failed(1, "160000000000000 bytes for 'bench/x' cannot be had");
  }
}
