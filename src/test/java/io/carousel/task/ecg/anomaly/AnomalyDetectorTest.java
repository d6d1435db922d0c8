package io.carousel.task.ecg.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.UcrFile;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnomalyDetectorTest {
  private static final AnomalySettings SMALL = new AnomalySettings(8, 1, 4, 32, 1e-2, 4, 3);

  @TempDir Path folder;
  private final Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));

  @AfterEach
  void close() {
    device.close();
  }

  private AnomalyTraining.Outcome train(Path data, String name, AnomalySettings settings)
      throws IOException {
    return new AnomalyTraining(settings, device)
        .run(data, TrainingRun.in(RunFolder.create(folder.resolve(name))));
  }

  @Test
  void afterFewEpochsAbnormalBeatsStandOutAndTheSavedModelJudgesTheSame() throws IOException {
    Path data = TestData.require("ecg5000");
    AnomalySettings settings = new AnomalySettings(16, 1, 16, 16, 1e-2, 16, 1);
    AnomalyTraining.Outcome outcome = train(data, "run", settings);
    AnomalyEvaluation first = outcome.evaluation();
    assertEquals(208, first.abnormalCount());
    assertEquals(88, first.errors().length - 208, "30 % of 292 normal beats");
    assertTrue(first.auroc() > 0.9, () -> "AUROC " + first.auroc());
    try (AnomalyDetector loaded =
        AnomalyDetector.load(folder.resolve("run/model.safetensors"), device)) {
      AnomalyEvaluation second = AnomalyEvaluation.of(loaded, data);
      assertArrayEquals(first.errors(), second.errors());
      assertEquals(first.auroc(), second.auroc());
      assertThrows(
          IllegalArgumentException.class, () -> loaded.errors(List.of(new float[] {1, 2})));
    }
    assertTrue(Files.readString(folder.resolve("run/report.html")).contains("AUROC"));
  }

  @Test
  void noRowThatTrainedIsReportedOnAndOtherFilesCountWhole() throws IOException {
    Path source = TestData.require("ecg5000").resolve("ECG5000_TRAIN.txt.gz");
    UcrFile all = UcrFile.read(source);
    NormalSplit split = NormalSplit.of(all, 3);
    Set<Integer> seen = new HashSet<>();
    for (int[] part : List.of(split.train(), split.validation(), split.heldBack())) {
      Arrays.stream(part).forEach(row -> assertTrue(seen.add(row), "row " + row + " twice"));
    }
    assertEquals(500, seen.size());
    assertTrue(IntStream.of(split.train()).allMatch(row -> all.labels()[row] == 1));
    assertFalse(Arrays.equals(split.train(), NormalSplit.of(all, 4).train()));

    Path data = Files.createDirectories(folder.resolve("data"));
    Files.copy(source, data.resolve("X_TRAIN.txt.gz"));
    AnomalyEvaluation held = train(data, "run", SMALL).evaluation();
    assertEquals(296, held.errors().length);
    // the same rows in another order are another file, of which nothing is known to have trained
    StringBuilder turned = new StringBuilder();
    for (int i = 99; i >= 0; i--) {
      turned.append(all.labels()[i]);
      for (float value : all.series().get(i)) {
        turned.append('\t').append(value);
      }
      turned.append('\n');
    }
    Files.writeString(data.resolve("X_TEST.tsv"), turned);
    try (AnomalyDetector loaded =
        AnomalyDetector.load(folder.resolve("run/model.safetensors"), device)) {
      assertEquals(396, AnomalyEvaluation.of(loaded, data).errors().length);
    }
  }

  @Test
  void anInterruptedRunGoesOnBitForBit() throws IOException {
    Path data = TestData.require("ecg5000");
    train(data, "whole", SMALL);
    RunFolder part = RunFolder.create(folder.resolve("part"));
    int[] steps = {0};
    Runnable[] stop = new Runnable[1];
    io.carousel.train.TrainingListener counting =
        new io.carousel.train.TrainingListener() {
          @Override
          public void stepped(int epoch, int step, double loss, int samples) {
            if (++steps[0] == 9) {
              stop[0].run();
            }
          }
        };
    TrainingRun begun =
        new TrainingRun(
            part, TrainingRun.Options.DEFAULT, List.of(counting), request -> stop[0] = request);
    AnomalyTraining.Outcome first = new AnomalyTraining(SMALL, device).run(data, begun);
    assertEquals(TrainingResult.End.INTERRUPTED, first.training().end());
    assertFalse(Files.exists(part.model()));
    TrainingRun resumed =
        new TrainingRun(
            RunFolder.open(part.path()),
            new TrainingRun.Options(true, 0, false, 0, false),
            List.of(),
            request -> {});
    new AnomalyTraining(SMALL, device).run(data, resumed);
    assertArrayEquals(weights(folder.resolve("whole")), weights(part.path()));
  }

  private double[] weights(Path run) throws IOException {
    try (AnomalyDetector loaded = AnomalyDetector.load(run.resolve("model.safetensors"), device)) {
      return loaded
          .model()
          .parameters()
          .get("decoder.weight_hh_l0")
          .download(loaded.model().queue());
    }
  }

  @Test
  void foldersWithoutTheDataAreNamed() throws IOException {
    IOException missing =
        assertThrows(IOException.class, () -> train(folder.resolve("none"), "a", SMALL));
    assertTrue(missing.getMessage().contains("none"), missing.getMessage());
    Path empty = Files.createDirectories(folder.resolve("empty"));
    IOException nothing = assertThrows(IOException.class, () -> train(empty, "b", SMALL));
    assertTrue(nothing.toString().contains("ECG5000_TRAIN.txt"), nothing.toString());
    Files.writeString(empty.resolve("X_TRAIN.txt"), "1 0 1\n2 1 0\n");
    Exception few = assertThrows(IllegalArgumentException.class, () -> train(empty, "c", SMALL));
    assertTrue(few.getMessage().contains("needs 10 or more"), few.getMessage());
  }
}
