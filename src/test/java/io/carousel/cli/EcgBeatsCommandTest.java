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

class EcgBeatsCommandTest {
  @TempDir Path folder;

  @Test
  void trainsJudgesAndPredicts() throws IOException, OrtException {
    Path data = TestData.require("mitdb-ds1");
    Path run = folder.resolve("run");
    Cli trained =
        Cli.run(
            "train",
            "ecg-beats",
            "--data",
            data,
            "--records",
            "106,119",
            "--out",
            run,
            "--hidden",
            4,
            "--epochs",
            4,
            "--threads",
            1,
            "--plain");
    assertEquals(0, trained.exitCode(), trained.toString());
    trained.printed("V +\\d\\.\\d{3} .*").printed("accuracy +0\\.\\d{4} of 4,014 beats .*");
    Path model = run.resolve("model.safetensors");
    Cli judged =
        Cli.run(
                "eval",
                "ecg-beats",
                "--model",
                model,
                "--data",
                data,
                "--records",
                "116,101",
                "--json",
                "--threads",
                1)
            .succeeded();
    Cli.run("verify", "--device", "reference", model).succeeded().printed("1 of 1 probes agree.*");
    try (ExportedModel exported = new ExportedModel(model, folder)) {
      exported.beatClassifierAgrees();
    }
    JsonNode json = new ObjectMapper().readTree(judged.out());
    assertTrue(json.get("accuracy").isDouble(), judged.out());
    assertEquals(2412 + 1863, json.get("beats").asInt());
    assertTrue(json.get("macro_f1").isDouble());
    assertEquals(2, json.get("records").size());
    assertEquals(4, json.get("classes").size());

    for (String ending : new String[] {".hea", ".dat"}) {
      Files.copy(data.resolve("101" + ending), folder.resolve("101" + ending));
    }
    Object[] predict = {
      "predict", "ecg-beats", "--model", model, "--threads", 1, folder.resolve("101.hea")
    };
    Cli detected = Cli.run(predict).succeeded();
    detected.printed("sample,time_s,class,p_N,p_S,p_V,p_F,annotated");
    detected.printed("\\d+,\\d+\\.\\d{3},[NSVF](,[01]\\.\\d{4}){4},");
    assertEquals(1863, detected.out().lines().count() - 1.0, 8, "beats found of those annotated");
    predict[6] = data.resolve("101.hea");
    Cli annotated = Cli.run(predict).succeeded();
    // 1,865 beats: 1,860 N, 3 A, 2 Q
    assertEquals(1865, annotated.out().lines().count() - 1);
    annotated.printed("\\d+,.*,N").printed("\\d+,.*,S").printed("\\d+,.*,Q");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Cli.run("train", "ecg-beats", "--data", folder, "--out", folder.resolve("run"))
        .failed(1, folder + ": no WFDB record");
    Cli.run("train", "ecg-beats", "--data", folder, "--members", 1).failed(2, "members must be");
    Cli.run("train", "ecg-beats").failed(2, "--data");
    Path file = Files.writeString(folder.resolve("model.safetensors"), "no model");
    Cli.run("eval", "ecg-beats", "--model", file, "--data", folder).failed(1, file.toString());
    Cli.run("predict", "ecg-beats", "--model", file, folder.resolve("none.hea"))
        .failed(1, "none.hea: no such file");
  }
}
