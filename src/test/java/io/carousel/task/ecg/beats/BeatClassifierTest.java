package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.AamiClass;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on three records of DS1, judged on others. */
class BeatClassifierTest {
  private static final BeatClassifierSettings SMALL =
      new BeatClassifierSettings(2, 8, 1, 0.2, 0, 10, 32, 8, 1e-2, 0.01, 10, 0.5, 8, 1, 1);
  private static final List<String> LEARNED = List.of("106", "119", "223");

  @TempDir static Path folder;
  private static Device device;
  private static Path data;
  private static BeatTraining.Outcome outcome;

  @BeforeAll
  static void train() throws IOException {
    data = TestData.require("mitdb-ds1");
    device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
    outcome =
        new BeatTraining(SMALL, device)
            .run(data, LEARNED, TrainingRun.in(RunFolder.create(folder.resolve("run"))));
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  private static BeatClassifier load(String run) throws IOException {
    return BeatClassifier.load(folder.resolve(run).resolve("model.safetensors"), device);
  }

  @Test
  void findsVentricularBeatsOfAPatientThatItDoesNotKnow() throws IOException {
    assertEquals(3, outcome.leftOut().byRecord().size(), "each record judged by one member");
    try (BeatClassifier classifier = load("run")) {
      BeatEvaluation evaluation = BeatEvaluation.of(classifier, data, List.of("116"));
      int v = AamiClass.V.ordinal();
      assertEquals(109, evaluation.all().support(v));
      assertTrue(evaluation.all().f1(v) > 0.8, evaluation.toJson()::toString);
      assertEquals(2412, evaluation.all().total());
    }
    String report = Files.readString(folder.resolve("run/report.html"));
    assertTrue(report.contains("Confusion matrix") && report.contains("predicted"), "report");
  }

  @Test
  void aSavedModelClassifiesTheSameBeatByBeat() throws IOException {
    try (BeatClassifier one = load("run");
        BeatClassifier two = load("run")) {
      assertEquals(LEARNED, one.card().records());
      BeatRecord record = BeatRecord.annotated(data.resolve("108.hea"));
      List<BeatClassifier.Beat> beats = one.classify(record);
      assertEquals(beats, two.classify(record));
      assertEquals(record.beatCount(), beats.size());
      for (BeatClassifier.Beat beat : beats) {
        assertEquals(
            1, beat.probabilities().stream().mapToDouble(p -> p).sum(), 1e-9, "probabilities");
        int best = BeatClassifier.CLASSES.indexOf(beat.predicted());
        assertTrue(
            beat.probabilities().stream().allMatch(p -> p <= beat.probabilities().get(best)));
      }
    }
  }

  @Test
  void whatTrainedIsNotReportedOnUnlessNamed() throws IOException {
    Path seen = Files.createDirectories(folder.resolve("seen"));
    for (String ending : List.of(".hea", ".dat", ".atr")) {
      Files.copy(data.resolve("119" + ending), seen.resolve("119" + ending));
    }
    try (BeatClassifier classifier = load("run")) {
      IOException refused =
          assertThrows(IOException.class, () -> BeatEvaluation.of(classifier, seen, List.of()));
      assertTrue(refused.getMessage().contains("has seen all of these"), refused.getMessage());
      BeatEvaluation named = BeatEvaluation.of(classifier, seen, List.of("119"));
      assertEquals(List.of("119"), List.copyOf(named.byRecord().keySet()));
      assertTrue(named.toJson().at("/classes/V/ppv").isDouble());
      assertEquals(4, named.toJson().at("/confusion_matrix").size());
    }
  }

  @Test
  void anInterruptedRunGoesOnBitForBit() throws IOException {
    RunFolder part = RunFolder.create(folder.resolve("part"));
    int[] steps = {0};
    Runnable[] stop = new Runnable[1];
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, double loss, int samples) {
            if (++steps[0] == 30) {
              stop[0].run();
            }
          }
        };
    TrainingRun begun =
        new TrainingRun(
            part, TrainingRun.Options.DEFAULT, List.of(counting), request -> stop[0] = request);
    BeatTraining.Outcome first = new BeatTraining(SMALL, device).run(data, LEARNED, begun);
    assertEquals(TrainingResult.End.INTERRUPTED, first.training().end());
    assertFalse(Files.exists(part.model()));
    new BeatTraining(SMALL, device)
        .run(
            data,
            LEARNED,
            new TrainingRun(
                RunFolder.open(part.path()),
                new TrainingRun.Options(true, 0, false, 0, false),
                List.of(),
                request -> {}));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("run/model.safetensors")),
        Files.readAllBytes(part.model()));
  }

  @Test
  void otherModelsAreRefused() throws IOException {
    Path file = folder.resolve("run/model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    String other = text.replaceFirst("ecg-beats", "ecg-beast");
    Path changed =
        Files.write(
            folder.resolve("other.safetensors"),
            other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThrows(ModelFormatException.class, () -> BeatClassifier.load(changed, device));
  }
}
