package io.carousel.task.sentiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.text.SentimentFiles;
import io.carousel.data.text.SentimentFiles.Part;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on the first sentences of the real files, and on trees made by hand. */
class SentimentTrainingTest {
  private static Device device;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    device = Devices.select("cpu", DeviceOptions.DEFAULT.withThreads(1)).device();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  /** The real data's first lines; what is learned from them judges too. */
  private SentimentFiles excerpt(String set, String train, String dev, int lines)
      throws IOException {
    List<String> first = Files.readAllLines(TestData.require(set).resolve(train)).subList(0, lines);
    Path part = Files.createDirectories(folder.resolve(set + lines));
    Files.write(part.resolve(train), first);
    Files.write(part.resolve(dev), first);
    return SentimentFiles.in(part);
  }

  private SentimentFiles sst2(int lines) throws IOException {
    return excerpt("sst2", "train.tsv", "dev.tsv", lines);
  }

  private static SentimentSettings small(Cell cell, Readout readout, boolean both, double drop) {
    return new SentimentSettings(
        0, false, 1, cell, readout, 16, 16, 1, both, drop, drop, drop, 12, 12, 10, 2e-2, 0.01, 0.1,
        7);
  }

  private static SentimentSettings trees(int classes, boolean phrases, double validation) {
    return new SentimentSettings(
        classes,
        phrases,
        1,
        Cell.GRU,
        Readout.LAST_STATE,
        4,
        4,
        1,
        false,
        0,
        0,
        0,
        1,
        1,
        2,
        1e-2,
        0,
        validation,
        1);
  }

  @ParameterizedTest
  @CsvSource({
    "LSTM, LAST_CELL, true",
    "LSTM, LAST_STATE, false",
    "GRU, LAST_STATE, true",
    "RNN, LAST_STATE, false"
  })
  void learnsSentencesByHeart(Cell cell, Readout readout, boolean both) throws IOException {
    SentimentFiles files = sst2(120);
    SentimentTraining.Outcome outcome =
        new SentimentTraining(small(cell, readout, both, 0), files, device)
            .run(
                new TrainingRun(
                    RunFolder.create(folder.resolve("run")),
                    TrainingRun.Options.DEFAULT,
                    List.of(),
                    stop -> {}));
    assertEquals(108, outcome.trainExamples());
    assertEquals(12, outcome.validationSentences());
    // the best epoch for the held-back sentences is an early one: learned is what came last
    double last = outcome.training().history().get(11).trainLoss();
    assertTrue(last < 0.1, "training loss " + last);
    assertEquals(120, outcome.judged().confusion().total());
  }

  @Test
  void theReportDoesNotTakeOverTheLocale() throws IOException {
    RunFolder run = RunFolder.create(folder.resolve("run"));
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      SentimentSettings settings = small(Cell.GRU, Readout.LAST_STATE, false, 0);
      SentimentTraining.Outcome outcome =
          new SentimentTraining(settings, sst2(30), device).run(TrainingRun.in(run));
      assertTrue(Files.readString(run.report()).contains("equally frequent classes gives 0.693."));
      assertTrue(outcome.training().toString().contains("best loss 0."));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aSavedModelJudgesTheSame() throws IOException {
    SentimentFiles files = sst2(150);
    RunFolder run = RunFolder.create(folder.resolve("run"));
    SentimentSettings settings = small(Cell.LSTM, Readout.LAST_CELL, true, 0.3);
    SentimentEvaluation trained =
        new SentimentTraining(settings, files, device).run(TrainingRun.in(run)).judged();
    String report = Files.readString(run.report());
    assertTrue(report.contains("Confusion matrix") && report.contains("(start)"));
    try (SentimentModel model = SentimentModel.load(run.model(), device)) {
      SentimentEvaluation loaded = SentimentEvaluation.of(model, files, Part.DEV);
      assertEquals(trained.json(), loaded.json());
      assertEquals(trained.crossEntropy(), loaded.crossEntropy());
      assertEquals(trained.confusion().accuracy(), loaded.json().get("accuracy").doubleValue());

      String raw = "Isn't it a \"gorgeous\", witty film?";
      double[] p = model.probabilities(raw);
      assertEquals(1, Arrays.stream(p).sum(), 1e-12);
      assertArrayEquals(p, model.probabilities("is n't it a `` gorgeous '' , witty film ?"));
      assertFalse(Arrays.equals(p, model.probabilities("a")));

      SentimentModel.Trace trace = model.trace(raw);
      assertEquals(11, trace.words().size());
      assertEquals(12, trace.probabilities().size());
      assertArrayEquals(p, trace.probabilities().get(11), 1e-6);
      assertArrayEquals(model.probabilities(""), trace.probabilities().get(0), 1e-6);

      // ragged lengths and the empty text in one batch, more texts than one batch holds
      List<String> many = Arrays.asList(new String[300]);
      for (int i = 0; i < many.size(); i++) {
        many.set(i, i % 3 == 0 ? "" : "a witty film ".repeat(i % 7));
      }
      List<double[]> all = model.probabilities(many);
      for (int i = 0; i < many.size(); i += 23) {
        assertArrayEquals(model.probabilities(many.get(i)), all.get(i), 1e-6, "text " + i);
      }
    }
  }

  @Test
  void sameSeedSameBitsAlsoWhenInterrupted() throws IOException {
    SentimentFiles files = sst2(100);
    SentimentSettings settings = small(Cell.LSTM, Readout.LAST_STATE, true, 0.3);
    new SentimentTraining(settings, files, device)
        .run(TrainingRun.in(RunFolder.create(folder.resolve("whole"))));
    AtomicReference<Runnable> stop = new AtomicReference<>();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, double loss, int samples) {
            if (epoch == 2 && step == 4) {
              stop.get().run();
            }
          }
        };
    SentimentTraining.Outcome half =
        new SentimentTraining(settings, files, device)
            .run(
                new TrainingRun(
                    RunFolder.create(folder.resolve("parts")),
                    TrainingRun.Options.DEFAULT,
                    List.of(stopper),
                    stop::set));
    assertEquals(TrainingResult.End.INTERRUPTED, half.training().end());
    assertFalse(Files.exists(folder.resolve("parts/model.safetensors")));
    TrainingRun.Options resume = new TrainingRun.Options(true, 0, false, 0, false);
    RunFolder parts = RunFolder.open(folder.resolve("parts"));
    SentimentSettings other = small(Cell.LSTM, Readout.LAST_STATE, true, 0.4);
    assertThrows(
        IOException.class,
        () ->
            new SentimentTraining(other, files, device)
                .run(new TrainingRun(parts, resume, List.of(), s -> {})));
    new SentimentTraining(settings, files, device)
        .run(new TrainingRun(parts, resume, List.of(), s -> {}));
    assertArrayEquals(weights("whole"), weights("parts"));
  }

  private float[] weights(String run) throws IOException {
    try (SentimentModel model =
        SentimentModel.load(folder.resolve(run).resolve("model.safetensors"), device)) {
      SequenceModel network = model.model();
      return network.parameters().get("rnn.weight_hh_l0_reverse").downloadFloats(network.queue());
    }
  }

  @Test
  void fiveLabelsMakeThreeClassesAndTwo() throws IOException {
    SentimentFiles files = excerpt("sst5", "stsa.fine.train", "stsa.fine.dev", 200);
    int[] counts = new int[5];
    files.sentences(Part.DEV).forEach(s -> counts[s.label()]++);
    for (int classes : new int[] {2, 3, 5}) {
      RunFolder run = RunFolder.create(folder.resolve("run" + classes));
      SentimentEvaluation judged =
          new SentimentTraining(trees(classes, false, 0.1), files, device)
              .run(TrainingRun.in(run))
              .judged();
      long[] support = new long[classes];
      Arrays.setAll(support, judged.confusion()::support);
      int low = counts[0] + counts[1];
      int high = counts[3] + counts[4];
      assertArrayEquals(
          classes == 2
              ? new long[] {low, high}
              : classes == 3
                  ? new long[] {low, counts[2], high}
                  : Arrays.stream(counts).asLongStream().toArray(),
          support);
    }
    SentimentFiles two = sst2(20);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new SentimentTraining(trees(3, false, 0.1), two, device)
                    .run(TrainingRun.in(RunFolder.create(folder.resolve("three")))));
    assertTrue(
        refused.getMessage().startsWith("the data tell 2 classes apart, not 3"),
        refused.getMessage());
  }

  /** Phrases of held-back sentences are not learned from, neutral ones not among two classes. */
  @Test
  void phrasesOfTreesAreLearnedFrom() throws IOException {
    Path trees = Files.createDirectories(folder.resolve("trees"));
    String good = "(4 (2 a) (3 (3 great) (2 film)))\n"; // two phrases are neutral
    Files.writeString(trees.resolve("train.txt"), good.repeat(10));
    Files.writeString(trees.resolve("dev.txt"), good + "(1 (2 the) (0 worst))\n");
    SentimentFiles files = SentimentFiles.in(trees);
    SentimentData five = SentimentData.of(files, trees(5, true, 0.2));
    assertEquals(8 * 5, five.train().size());
    assertEquals(2, five.validation().size());
    SentimentData two = SentimentData.of(files, trees(2, true, 0.2));
    assertEquals(8 * 3, two.train().size());
    assertEquals(8, SentimentData.of(files, trees(2, false, 0.2)).train().size());
    SentimentTraining.Outcome outcome =
        new SentimentTraining(trees(2, true, 0.2), files, device)
            .run(TrainingRun.in(RunFolder.create(folder.resolve("run"))));
    assertEquals(2, outcome.judged().confusion().total());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> SentimentData.of(sst2(20), trees(2, true, 0.2)));
    assertTrue(refused.getMessage().contains("only the official trees"), refused.getMessage());
  }

  @Test
  void otherModelsAreRefused() throws IOException {
    Path file = folder.resolve("other.safetensors");
    try (SequenceModel other = SequenceModel.around(Lstm.builder(3, 4)).build(device, 1)) {
      SequenceModelFile.save(other, file);
    }
    ModelFormatException refused =
        assertThrows(ModelFormatException.class, () -> SentimentModel.load(file, device));
    assertTrue(refused.getMessage().contains("task"), refused.getMessage());
  }

  @Test
  void cellsWithoutACellStateAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> small(Cell.GRU, Readout.LAST_CELL, true, 0));
    assertEquals(
        "a GRU has no cell state to be read: read h, or take an LSTM", refused.getMessage());
  }
}
