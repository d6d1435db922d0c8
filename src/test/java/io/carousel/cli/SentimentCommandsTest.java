package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentimentCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SMALL =
      List.of("--embedding", "8", "--hidden", "8", "--threads", "1", "--plain", "--device", "cpu");

  @TempDir Path folder;

  private static Cli train(Object... args) {
    return Cli.run(
        Stream.concat(
                Stream.of("train", "sentiment"), Stream.concat(SMALL.stream(), Stream.of(args)))
            .toArray());
  }

  private Path excerpt() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    for (String name : new String[] {"train.tsv", "dev.tsv"}) {
      Path file = TestData.require("sst2").resolve(name);
      Files.write(data.resolve(name), Files.readAllLines(file).subList(0, 80));
    }
    return data;
  }

  @Test
  void trainsJudgesAndPredicts() throws IOException, OrtException {
    Path data = excerpt();
    Path run = folder.resolve("run");
    Cli trained = train("--data", data, "--out", run, "--read", "c", "--epochs", 2);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("accuracy +0\\.\\d{4} of 80 sentences of dev").printed("macro-F1 +0\\.\\d{4}");
    trained.printed("training +2 epochs in \\d+ s, best \\d; 72 examples, 8 held back; .* weights");
    Path model = run.resolve("model.safetensors");
    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.sequenceModelAgrees();
    }
    Cli.run("summary", model).succeeded().printed(" +linear +16 -> 2, of the last cell state");

    Object[] eval = {"eval", "sentiment", "--model", model, "--data", data, "--device", "cpu"};
    Cli table = Cli.run(eval).succeeded().printed("true \\\\ predicted +negative +positive");
    String accuracy =
        table.out().lines().filter(l -> l.startsWith("accuracy")).findFirst().orElseThrow();
    assertTrue(trained.out().contains(accuracy), accuracy);
    Cli json = Cli.run(Stream.concat(Stream.of(eval), Stream.of("--json")).toArray()).succeeded();
    JsonNode figures = JSON.readTree(json.out());
    assertTrue(accuracy.contains("%.4f".formatted(figures.get("accuracy").doubleValue())));
    assertTrue(figures.get("macro_f1").isNumber());
    assertEquals("dev", figures.get("part").textValue());
    assertTrue(figures.at("/per_class/negative/sensitivity").isNumber());
    Cli part = Cli.run(Stream.concat(Stream.of(eval), Stream.of("--part", "train")).toArray());
    part.succeeded().printed("accuracy .* 80 sentences of train");

    Object[] predict = {"predict", "sentiment", "--model", model, "--device", "cpu"};
    Cli.run(Stream.concat(Stream.of(predict), Stream.of("A witty film.", "")).toArray())
        .succeeded()
        .printed("negative 0\\.\\d{3}  positive 0\\.\\d{3}  A witty film\\.")
        .printed("negative 0\\.\\d{3}  positive 0\\.\\d{3}");
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("Witty!\nzzzz\n".getBytes(StandardCharsets.UTF_8)));
    try {
      Cli lines = Cli.run(Stream.concat(Stream.of(predict), Stream.of("--json")).toArray());
      List<String> objects = lines.succeeded().out().lines().toList();
      assertEquals(2, objects.size());
      JsonNode second = JSON.readTree(objects.get(1));
      assertEquals("zzzz", second.get("text").textValue());
      assertEquals(1, second.get("unknown_words").intValue());
      JsonNode p = second.get("probabilities");
      assertEquals(1, p.get("negative").doubleValue() + p.get("positive").doubleValue(), 1e-12);
    } finally {
      System.setIn(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--data x --classes 4 | classes must be 2, 3 or 5, got 4",
        "--data x --cell gru --read c | a GRU has no cell state to be read",
        "--data x --read x | expected one of [h, c]",
        "--data x --cell transformer | --cell must be rnn, lstm or gru, got 'transformer'",
        "--data x --word-dropout 1 | --word-dropout must lie in [0, 1), got 1.0",
        "--data x --validation 0 | validation must lie in (0, 1), got 0.0",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    Cli.run(Stream.of(("train sentiment " + words).split(" ")).toArray()).failed(2, expected);
  }

  @Test
  void aWrongFolderIsNamed() {
    train("--data", folder, "--out", folder.resolve("run"))
        .failed(1, "holds none of train.tsv, stsa.fine.train, train.txt; 'scripts/data sentiment'");
  }
}
