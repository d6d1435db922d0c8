package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code carousel train|eval|predict lm} on a text made here. */
class LmCommandTest {
  private static final List<String> SMALL =
      List.of("--hidden", "6", "--batch-size", "4", "--steps", "8", "--threads", "1", "--plain");

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("input.txt"), "to be, or not to be: that is it\n".repeat(20));
  }

  private Cli train(Path out, Object... args) {
    Stream<Object> first = Stream.of("train", "lm", "--data", data, "--out", out);
    return Cli.run(
        Stream.of(first, SMALL.stream(), Stream.of(args)).flatMap(words -> words).toArray());
  }

  @Test
  void trainsJudgesAndWrites() throws Exception {
    Path run = folder.resolve("run");
    Cli trained = train(run, "--epochs", 2);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("validation +63 +0 +\\d\\.\\d{4} +\\d+\\.\\d{3} +\\d\\.\\d{4}");
    trained.printed("training +2 epochs in .*");
    assertTrue(Files.exists(run.resolve("report.html")));

    Path model = run.resolve("model.safetensors");
    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.sequenceModelAgrees();
    }
    Cli judged =
        Cli.run("eval", "lm", "--strict", "--model", model, "--data", data, "--json").succeeded();
    JsonNode json = new ObjectMapper().readTree(judged.out());
    assertEquals("validation", json.path("part").asText());
    assertEquals(63, json.path("tokens").asInt());
    double nats = json.path("nats").asDouble();
    assertTrue(nats > 0.5 && nats < 3.2, judged.out());
    assertEquals(Math.exp(nats), json.path("perplexity").asDouble(), 1e-9);
    assertEquals(nats / Math.log(2), json.path("bits").asDouble(), 1e-9);
    Path file = Files.writeString(folder.resolve("other.txt"), "to be Ω");
    Cli.run("eval", "lm", "--model", model, "--data", file, "--device", "cpu")
        .succeeded()
        .printed("all +6 +1 .*");

    Object[] predict = {
      "predict", "lm", "--model", model, "--prompt", "to be", "--length", 20, "--seed", 3
    };
    Cli written = Cli.run(predict).succeeded();
    assertTrue(written.out().startsWith("to be"), written.out());
    assertEquals(25, written.out().length() - System.lineSeparator().length());
    assertEquals(written.out(), Cli.run(predict).out());
  }

  @Test
  void wordsInPartsAreJudgedByTheTestPart() throws Exception {
    for (String part : List.of("train", "valid", "test")) {
      Files.writeString(data.resolve("ptb." + part + ".txt"), " a b <unk> c a b\n".repeat(40));
    }
    Path run = folder.resolve("words");
    Cli trained = train(run, "--preset", "ptb-small", "--epochs", 1);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("test +279 +40 .*").printed("validation +279 +40 .*");
    Cli.run("eval", "lm", "--model", run.resolve("model.safetensors"), "--data", data)
        .succeeded()
        .printed("test +279 +40 .*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--preset wikitext | unknown preset 'wikitext': choose one of shakespeare",
        "--decay never | decay 'never' is none of",
        "--dropout 1 | dropout must lie in [0, 1)",
        "--tied --embedding 7 | an embedding as wide as its hidden layers",
        "--unit syllable | expected one of [CHAR, WORD]",
        "--layers 0 | layers must be positive",
        "--learning-rate 0 | must be positive",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    train(folder.resolve("none"), (Object[]) words.split(" ")).failed(2, expected);
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    Cli.run("train", "lm", "--data", folder.resolve("missing")).failed(1, "missing");
    Cli.run("eval", "lm", "--model", folder, "--data", data)
        .failed(1, "expected a model.safetensors");
    Cli.run("predict", "lm", "--model", folder.resolve("no.safetensors")).failed(1, "no such file");
    Cli.run("predict", "lm", "--model", "x", "--temperature", "-1").failed(2, "temperature");
    Files.writeString(data.resolve("input.txt"), "short");
    Cli few = train(folder.resolve("few"));
    assertEquals(1, few.exitCode());
    assertTrue(few.err().contains("too few"), few.err());
  }
}
