package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.carousel.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainEcgCommandTest {
  private static final List<String> SMALL =
      List.of("--hidden", "4", "--context", "16", "--stride", "256", "--threads", "1", "--plain");

  @TempDir Path folder;

  private static Cli train(Object... args) {
    return Cli.run(
        Stream.concat(Stream.of("train", "ecg"), Stream.concat(SMALL.stream(), Stream.of(args)))
            .toArray());
  }

  @Test
  void oneStepGivesModelMetricsAndReport() throws IOException, OrtException {
    Path run = folder.resolve("runs/first");
    Cli trained = train("--fast-dev-run", "--out", run);
    assertEquals(0, trained.exitCode(), trained.toString());
    String first = trained.out().lines().findFirst().orElseThrow();
    assertTrue(first.matches("device cpu: .*, 1 thread \\(.+\\)"), first);
    trained.printed("LSTM +\\d+\\.\\d{4} mV").printed("AR\\(16\\), least squares +0\\.\\d+ mV");
    trained.printed("last value +0\\.\\d+ mV").printed("abnormal beats +\\d+ of \\d+ .*");
    trained.printed("training +1 epochs in \\d+ s, best 1; \\d+ weights; peak memory \\d+ MB");
    assertTrue(trained.err().startsWith("epoch 1/1  loss "), trained.err());
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          List.of("checkpoints", "metrics.jsonl", "model.safetensors", "report.html"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    Cli.run("summary", run.resolve("model.safetensors"))
        .succeeded()
        .printed(" +lstm +layer 0: 1 -> 4");
    try (ExportedModel exported = new ExportedModel(run.resolve("model.safetensors"), folder)) {
      exported.sequenceModelAgrees();
    }
    train("--fast-dev-run", "--out", run).failed(1, "go on with --resume " + run);
  }

  @Test
  void overfittingLearnsTheSameBatchesAndSeedsDecideTheResult() throws IOException {
    Object[] args = {"--overfit-batches", 2, "--epochs", 2, "--seed", 7, "--out"};
    assertEquals(0, train(with(args, folder.resolve("a"))).exitCode());
    assertEquals(0, train(with(args, folder.resolve("b"))).exitCode());
    args[5] = 8;
    assertEquals(0, train(with(args, folder.resolve("c"))).exitCode());
    assertArrayEquals(weights("a"), weights("b"));
    assertFalse(Arrays.equals(weights("a"), weights("c")));
  }

  private static Object[] with(Object[] args, Object last) {
    return Stream.concat(Stream.of(args), Stream.of(last)).toArray();
  }

  private float[] weights(String run) throws IOException {
    try (SafetensorsFile file =
        SafetensorsFile.open(folder.resolve(run).resolve("model.safetensors"))) {
      return file.readFloats("rnn.weight_hh_l0");
    }
  }

  @Test
  void whereNothingCanBeWrittenTrainingDoesNotStart() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    for (Path out : List.of(file, file.resolve("run"), Path.of("/proc/carousel/run"))) {
      Cli refused = train("--out", out).failed(1, out.toString());
      assertEquals("", refused.out(), "nothing was begun");
    }
    assertEquals("in the way", Files.readString(file));
  }

  @Test
  void onlyARunCanBeResumed() throws IOException {
    train("--resume", folder.resolve("missing")).failed(1, "no run to resume");
    Files.createDirectories(folder.resolve("empty/checkpoints"));
    train("--resume", folder.resolve("empty")).failed(1, "no checkpoint to resume from");
    train("--resume", folder, "--out", folder).failed(2, "exclude each other");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 0 | ecg: --epochs must be positive, got 0",
        "--epochs many | 'many' is not an int",
        "--hidden 0 | ecg: --hidden must be positive",
        "--layers -1 | layers must be positive",
        "--dropout 1 | dropout must lie in [0, 1), got 1.0",
        "--batch-size 0 | --batch-size must be positive",
        "--learning-rate NaN | --learning-rate must be positive",
        "--overfit-batches -1 | must not be negative",
        "--epoch 3 | did you mean --epochs",
        "--out | Missing required parameter for option '--out'",
      })
  void wrongArgumentsAreNamed(String words, String expected) {
    Object[] args = Stream.of(("train ecg " + words).split(" ")).toArray();
    Cli.run(args).failed(2, expected);
  }

  @Test
  void aTaskMustBeNamed() {
    Cli.run("train").failed(2, "Missing TASK: ecg");
    Cli.run("train", "mnist").failed(2, "'mnist'");
  }

  @Test
  void lossesThatAreNotFiniteEndTrainingWithOneLine() {
    Cli failed = train("--learning-rate", "1e38", "--epochs", 2, "--out", folder.resolve("run"));
    assertEquals(1, failed.exitCode(), failed.toString());
    List<String> lines = failed.err().lines().filter(line -> line.startsWith("carousel")).toList();
    assertEquals(1, lines.size(), failed.err());
    assertTrue(lines.get(0).contains("step"), failed.err());
    assertFalse(failed.err().contains("\tat "), failed.err());
  }
}
