package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.data.icu.SmallSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcuCommandsTest {
  private static final List<String> SMALL =
      List.of("--hidden", "4", "--members", "2", "--threads", "1", "--plain");

  @TempDir Path folder;

  private static Cli train(Object... args) {
    return Cli.run(
        Stream.concat(Stream.of("train", "icu"), Stream.concat(SMALL.stream(), Stream.of(args)))
            .toArray());
  }

  @Test
  void trainEvaluatePredict() throws IOException, OrtException {
    Path data = SmallSet.unpack(folder.resolve("data"), 100);
    Path run = folder.resolve("run");
    Cli trained = train("--fast-dev-run", "--data", data, "--out", run);
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("single members, cross-validated +90 +\\d+ +0\\.\\d{4} +0\\.\\d+ to .*");
    trained.printed("ensemble, held-back patients +10 +\\d+ .*");
    trained.printed("training +1 epochs in \\d+ s, best 1; [\\d,]+ weights; peak memory \\d+ MB");
    Path model = run.resolve("model.safetensors");

    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.mortalityModelAgrees();
    }
    Cli table = Cli.run("eval", "icu", "--model", model, "--data", data, "--device", "cpu");
    table.succeeded().printed("patients it did not learn from +10 .*");
    table.printed("left out: 90 patients that the model learned from");
    Cli json =
        Cli.run("eval", "icu", "--model", model, "--data", data, "--device", "cpu", "--json");
    JsonNode figures = new ObjectMapper().readTree(json.succeeded().out());
    assertEquals(10, figures.get("patients").asInt());
    assertEquals(90, figures.get("left_out").asInt());
    for (String key : List.of("auroc", "auprc")) {
      double value = figures.get(key).asDouble();
      assertTrue(figures.get(key + "_interval").get(0).asDouble() <= value, key);
      assertTrue(figures.get(key + "_interval").get(1).asDouble() >= value, key);
    }

    Path first = data.resolve("set-a/132539.txt");
    Path second = data.resolve("set-a/132540.txt");
    Cli.run("predict", "icu", "--model", model, first, second)
        .succeeded()
        .printed("record +6 h +12 h +24 h +36 h +48 h +note")
        .printed("132540( +[01]\\.\\d{3}){5}.*");
    Cli.run("predict", "icu", "--hourly", "--model", model, first)
        .succeeded()
        .printed("132539( +[01]\\.\\d{3}){48}.*");
    Files.writeString(first, "Time,Parameter,Value\n00:00,RecordID,1\nnonsense\n");
    Cli.run("predict", "icu", "--model", model, first).failed(1, "132539.txt, line 3: expected");
    Cli.run("eval", "icu", "--model", first, "--data", data).failed(1, "132539.txt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--members 1 | members must be 2 to 20",
        "--test 0.9 | testFraction must lie in [0, 0.5]",
        "--hidden 0 | --hidden must be positive",
        "--input-dropout 1 | --input-dropout must lie in [0, 1)",
        "--replication 2 | replication must lie in [0, 1]",
        "--learning-rate -1 | --learning-rate must be positive",
        "--epochs 0 | --epochs must be positive",
        "--batch-size 0 | --batch-size must be positive",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    Object[] args = Stream.of(("train icu --data x " + words).split(" ")).toArray();
    Cli.run(args).failed(2, expected);
  }

  @Test
  void theDataMustBeThere() {
    Cli.run("train", "icu")
        .failed(2, "Missing required option: '--data=DIR'; 'scripts/data icu' downloads");
    train("--data", folder.resolve("missing")).failed(1, "no such file or folder");
    train("--data", folder).failed(1, "no set-a");
  }
}
