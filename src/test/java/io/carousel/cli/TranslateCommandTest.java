package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.io.onnx.OnnxProgram;
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

class TranslateCommandTest {
  @TempDir Path folder;

  private static Cli train(Object... args) {
    Object[] first = {
      "train", "translate", "--threads", 1, "--plain", "--hidden", 16, "--embedding", 8
    };
    return Cli.run(Stream.concat(Stream.of(first), Stream.of(args)).toArray());
  }

  @Test
  void trainsJudgesAndTranslatesMadeUpPairs() throws IOException, OrtException {
    Path run = folder.resolve("run");
    Cli trained =
        train("--preset", "numbers", "--source", "digits", "--fast-dev-run", "--out", run);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("source +\\d+").printed("BLEU +BLEU = .*").printed("test pairs +.*data");
    trained.printed("exact matches +\\d+\\.\\d+ % of 1,000");
    trained.printed("perplexity +\\d+\\.\\d+ per token");
    assertTrue(Files.readString(run.resolve("report.html")).contains("digits to words"));
    Path model = run.resolve("model.safetensors");
    Cli judged =
        Cli.run(
            "eval",
            "translate",
            "--model",
            model,
            "--data",
            run.resolve("data"),
            "--json",
            "--threads",
            1,
            "--beam",
            1);
    JsonNode json = new ObjectMapper().readTree(judged.succeeded().out());
    assertEquals(1, json.get("beam").intValue());
    assertTrue(json.get("perplexity").doubleValue() > 1, json.toString());
    assertTrue(json.get("bleu").isNumber() && json.get("exact_match").isNumber());
    assertEquals(1000, json.get("sentences").intValue());
    Path file = folder.resolve("numbers.onnx");
    Cli.run("export", model, "--onnx", file).succeeded().printed(".*numbers-decoder.onnx: .*");
    assertEquals(List.of("source", "lengths"), OnnxProgram.read(file).inputs());
    Path decoder = folder.resolve("numbers-decoder.onnx");
    assertEquals("target", OnnxProgram.read(decoder).inputs().get(0));
    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.translatorAgrees();
    }
    Cli said =
        Cli.run("predict", "translate", "--strict", "--model", model, "--threads", 1, "12", "345");
    assertEquals(2, said.succeeded().out().lines().count(), said.toString());
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("12\n345\n".getBytes(StandardCharsets.UTF_8)));
      Cli piped = Cli.run("predict", "translate", "--model", model, "--threads", 1);
      assertEquals(said.out(), piped.succeeded().out());
    } finally {
      System.setIn(before);
    }
    Cli.run("summary", model).succeeded();
  }

  @Test
  void readsTheRealFilesAndOtherLanguages() {
    Path data = TestData.require("multi30k");
    Path run = folder.resolve("real");
    Cli trained =
        train(
            "--data",
            data,
            "--source",
            "fr",
            "--target",
            "en",
            "--plain-text",
            "--train-pairs",
            100,
            "--fast-dev-run",
            "--beam",
            1,
            "--out",
            run);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("source +Un homme .*").printed("search .* BLEU tokenisation 13a");
    train("--data", data, "--source", "xx", "--out", folder.resolve("no"))
        .failed(1, "train.lc.norm.tok.xx.gz");
    train("--data", folder.resolve("missing"), "--out", folder.resolve("no2"))
        .failed(1, "not a folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 3 | --data DIR is missing",
        "--preset french | unknown preset",
        "--data x --preset french | unknown preset 'french'",
        "--data x --preset dates | makes its data up",
        "--preset dates --source de | not from de to iso",
        "--preset numbers --cell tree | unknown cell 'tree'",
        "--preset numbers --attention concat | unknown attention 'concat'",
        "--preset numbers --beam 0 | beam 0",
        "--preset numbers --label-smoothing 1 | --label-smoothing must lie in [0, 1)",
        "--preset numbers --train-pairs 0 | --train-pairs must be positive",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    Cli.run((Object[]) ("train translate " + words).split(" ")).failed(2, expected);
  }

  @Test
  void onlyTranslatorsTranslate() throws IOException {
    Path text = Files.writeString(folder.resolve("model.safetensors"), "nothing of the kind");
    Cli.run("predict", "translate", "--model", text, "a").failed(1, "model.safetensors");
    Cli.run("predict", "translate", "--model", text, "--tokenize", "zh", "a")
        .failed(2, "unknown tokenizer 'zh'");
    Cli.run("eval", "translate", "--model", text).failed(2, "--data");
  }
}
