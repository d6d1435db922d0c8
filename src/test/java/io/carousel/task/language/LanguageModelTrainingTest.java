package io.carousel.task.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.TextUnit;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.optim.LearningRateSchedule;
import io.carousel.task.TrainingRun;
import io.carousel.task.language.LanguageModelSettings.Learning;
import io.carousel.task.language.LanguageModelSettings.Network;
import io.carousel.task.language.LanguageModelSettings.Rule;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on small parts of tiny Shakespeare. */
class LanguageModelTrainingTest {
  private static final LanguageModelSettings SMALL =
      new LanguageModelSettings(
          new Network(TextUnit.CHAR, 0, Cell.GRU, 24, 24, 2, 0.1, true, 0),
          new Learning(20, 16, 3, 3, Rule.ADAM, 1e-2, Decay.COSINE, 5, false),
          1);

  @TempDir Path folder;

  private static String shakespeare(int characters) throws Exception {
    Path file = TestData.require("tinyshakespeare").resolve("input.txt");
    return TextCorpus.text(file).substring(0, characters);
  }

  private static TextCorpus corpus(int train, int validation) throws Exception {
    String text = shakespeare(train + validation);
    return new TextCorpus("part", text.substring(0, train), text.substring(train), null);
  }

  private RunFolder folder(String name) throws Exception {
    return RunFolder.create(folder.resolve(name));
  }

  /** Characters alone, without what was before, cost 3.3 nats; a few epochs must use the past. */
  @Test
  void learnsFromThePastAndLeavesModelAndReport() throws Exception {
    TextCorpus corpus = corpus(40_000, 4_000);
    try (Device device = Devices.open("cpu")) {
      LanguageModelTraining.Outcome outcome =
          new LanguageModelTraining(SMALL, corpus, device).run(TrainingRun.in(folder("run")));
      TextScore score = outcome.judged();
      assertEquals(3_999, score.tokens());
      assertTrue(score.mean() < 2.6, () -> "nats " + score.mean());
      assertNull(outcome.test());
      String report = Files.readString(folder.resolve("run/report.html"));
      for (String part : List.of("Temperature 0.8", "Cost by place in the word", "GRU")) {
        assertTrue(report.contains(part), part);
      }
      try (LanguageModel model =
          LanguageModel.load(folder.resolve("run/model.safetensors"), device)) {
        assertArrayEquals(score.nats(), model.score(corpus.validation()).nats());
      }
    }
  }

  @Test
  void resumesBitForBit() throws Exception {
    TextCorpus corpus = corpus(6_000, 600);
    try (Device device = Devices.open("cpu")) {
      TextScore expected =
          new LanguageModelTraining(SMALL, corpus, device)
              .run(TrainingRun.in(folder("whole")))
              .judged();
      AtomicReference<Runnable> stop = new AtomicReference<>();
      TrainingListener inTheSecondEpoch =
          new TrainingListener() {
            @Override
            public void stepped(int epoch, int step, double loss, int samples) {
              if (epoch == 2 && step == 5) {
                stop.get().run();
              }
            }
          };
      LanguageModelTraining.Outcome interrupted =
          new LanguageModelTraining(SMALL, corpus, device)
              .run(
                  new TrainingRun(
                      folder("parts"),
                      TrainingRun.Options.DEFAULT,
                      List.of(inTheSecondEpoch),
                      stop::set));
      assertEquals(TrainingResult.End.INTERRUPTED, interrupted.training().end());
      assertNull(interrupted.validation());
      TextScore resumed =
          new LanguageModelTraining(SMALL, corpus, device)
              .run(
                  new TrainingRun(
                      RunFolder.open(folder.resolve("parts")),
                      new TrainingRun.Options(true, 0, false, 0, false),
                      List.of(),
                      request -> {}))
              .judged();
      assertArrayEquals(expected.nats(), resumed.nats());
    }
  }

  /** The mechanics of the Penn Treebank recipe, on words of Shakespeare. */
  @Test
  void theRecipeOfZarembaLearnsWords() throws Exception {
    String text = shakespeare(60_000);
    TextCorpus corpus =
        new TextCorpus(
            "words",
            text.substring(0, 50_000),
            text.substring(50_000, 55_000),
            text.substring(55_000));
    Network paper = LanguageModelSettings.PTB_SMALL.network();
    Learning learning = LanguageModelSettings.PTB_SMALL.learning();
    LanguageModelSettings smaller =
        new LanguageModelSettings(
            new Network(paper.unit(), 500, paper.cell(), 20, 20, 2, 0, false, paper.range()),
            new Learning(
                learning.steps(),
                learning.batchSize(),
                6,
                6,
                learning.rule(),
                learning.learningRate(),
                learning.decay(),
                learning.clipNorm(),
                learning.sumOverSteps()),
            1);
    try (Device device = Devices.open("cpu")) {
      LanguageModelTraining.Outcome outcome =
          new LanguageModelTraining(smaller, corpus, device).run(TrainingRun.in(folder("words")));
      assertEquals(500, outcome.tokens());
      assertNotNull(outcome.test());
      assertSame(outcome.test(), outcome.judged());
      assertTrue(outcome.judged().perplexity() < 100, () -> "" + outcome.judged().perplexity());
      double[] rates =
          outcome.training().history().stream().mapToDouble(e -> e.learningRate()).toArray();
      assertArrayEquals(new double[] {20, 20, 20, 20, 10, 5}, rates, 1e-12);
    }
  }

  /** Their loss is a sum over 20 steps: rate 1 and norm 5 are 20 and 0.25 of the mean. */
  @Test
  void thePresetsSayWhatThePaperSays() {
    Learning small = LanguageModelSettings.PTB_SMALL.learning();
    assertEquals(20, small.rateOfMean());
    assertEquals(0.25, small.clipOfMean());
    LearningRateSchedule schedule = small.decay().schedule(13, 10);
    assertEquals(1, schedule.factor(39));
    assertEquals(0.5, schedule.factor(40));
    assertEquals(0.5, schedule.factor(49));
    assertEquals(0.25, schedule.factor(50));
    assertEquals(Math.pow(0.5, 9), schedule.factor(129), 1e-15);
    Learning medium = LanguageModelSettings.PTB_MEDIUM.learning();
    assertEquals(35, medium.rateOfMean());
    assertEquals(1 / 1.2, medium.decay().schedule(39, 10).factor(60), 1e-15);
    Learning characters = LanguageModelSettings.SHAKESPEARE.learning();
    assertEquals(characters.learningRate(), characters.rateOfMean());
    assertEquals(characters.clipNorm(), characters.clipOfMean());
  }

  @Test
  void initialValuesLieInTheRange() throws Exception {
    try (Device device = Devices.open("cpu")) {
      LanguageModelSettings wide =
          new LanguageModelSettings(
              new Network(TextUnit.CHAR, 0, Cell.LSTM, 8, 8, 1, 0, false, 0.1),
              new Learning(20, 16, 1, 1, Rule.SGD, 1e-9, Decay.CONSTANT, 5, true),
              1);
      new LanguageModelTraining(wide, corpus(2_000, 200), device)
          .run(TrainingRun.in(folder("range")));
      try (LanguageModel model =
          LanguageModel.load(folder.resolve("range/model.safetensors"), device)) {
        model
            .network()
            .parameters()
            .forEach(
                parameter -> {
                  double largest = 0;
                  for (double value : parameter.download(model.network().queue())) {
                    largest = Math.max(largest, Math.abs(value));
                  }
                  assertTrue(largest > 0.06 && largest < 0.1001, parameter.path() + " " + largest);
                });
      }
    }
  }
}
