package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
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
