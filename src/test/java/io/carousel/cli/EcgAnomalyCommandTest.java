package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EcgAnomalyCommandTest {
  @TempDir Path folder;

  @Test
  void trainsJudgesAndPredicts() throws IOException, OrtException {
    Path data = TestData.require("ecg5000");
    Path run = folder.resolve("run");
    Cli trained =
        Cli.run(
            "train",
            "ecg-anomaly",
            "--data",
            data,
            "--out",
            run,
            "--hidden",
            4,
            "--epochs",
            2,
            "--threads",
            1,
            "--plain");
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("AUROC +0\\.\\d{4} .*208 abnormal against 88 normal.*");
    Path model = run.resolve("model.safetensors");
    Cli judged =
        Cli.run("eval", "ecg-anomaly", "--model", model, "--data", data, "--json", "--threads", 1)
            .succeeded();
    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.autoencoderAgrees();
    }
    JsonNode json = new ObjectMapper().readTree(judged.out());
    assertTrue(json.get("auroc").asDouble() > 0.5, judged.out());
    assertEquals(208, json.get("abnormal").asInt());
    assertEquals(88, json.get("normal").asInt());
    Cli predicted =
        Cli.run(
                "predict",
                "ecg-anomaly",
                "--model",
                model,
                "--threads",
                1,
                data.resolve("ECG5000_TRAIN.txt.gz"))
            .succeeded();
    assertEquals(501, predicted.out().lines().count());
    predicted.printed("row,class,error,verdict").printed("500,\\d,\\d\\.\\d+,(ab)?normal");
  }

  @Test
  void whatIsNoModelOrNoDataIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("model.safetensors"), "no model");
    Cli.run("eval", "ecg-anomaly", "--model", file, "--data", folder).failed(1, file.toString());
    Cli.run("train", "ecg-anomaly", "--data", folder, "--out", folder.resolve("run"))
        .failed(1, folder + ": no file of the UCR archive in it");
    Cli.run("train", "ecg-anomaly", "--data", folder, "--hidden", 0).failed(2, "hidden must be");
    Cli.run("train", "ecg-anomaly").failed(2, "--data");
  }
}
