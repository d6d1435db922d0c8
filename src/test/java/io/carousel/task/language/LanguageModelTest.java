package io.carousel.task.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.data.text.TextUnit;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import io.carousel.nn.Initializer;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.TokenStreams;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores and samples of small models with random weights. */
class LanguageModelTest {
  private static final String TEXT =
      "the cat sat on the mat and the rat ate the fat cat\n".repeat(3);

  @TempDir Path folder;

  private static LanguageModel model(Device device, TextUnit unit) {
    Vocabulary tokens = Vocabulary.of(unit.tokens(TEXT), 1, 0, Vocabulary.UNKNOWN);
    SequenceModel network =
        SequenceModel.around(Lstm.builder(8, 9).layers(2))
            .embedding(tokens.size())
            .head(tokens.size())
            .build(device, 5);
    network.parameters().initialize(Initializer.uniform(-1, 1)); // what was before must matter
    return new LanguageModel(network, unit, tokens);
  }

  private static double evaluate(LanguageModel model, int streams, int steps) {
    try (Trainer<SequenceBatch> trainer =
        new Trainer<>(
            SequenceObjective.crossEntropy(model.network()),
            new Sgd(model.network().parameters(), 0.1),
            new TrainerSettings())) {
      return trainer.evaluate(TokenStreams.evaluation(model.ids(TEXT), streams, steps));
    }
  }

  /** States are carried: however the text is cut in time, the nats are those of one long pass. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void chunksOfAnyLengthGiveTheNatsOfOneLongPass(String name) {
    try (Device device = Devices.open(name);
        LanguageModel model = model(device, TextUnit.CHAR)) {
      double tolerance = name.equals("cpu") ? 1e-5 : 1e-12;
      double whole = evaluate(model, 1, TEXT.length());
      for (int steps : new int[] {1, 7, 50}) {
        assertEquals(whole, evaluate(model, 1, steps), tolerance, "steps " + steps);
      }
      assertEquals(whole, model.score(TEXT).mean(), Math.max(1e-6, tolerance));
      assertNotEquals(whole, evaluate(model, 3, 7), 1e-4, "other streams start from zeros");
    }
  }

  @Test
  void perplexityAndBitsFollowFromNats() {
    TextScore score = new TextScore(new double[] {Math.log(2), Math.log(8)}, 0);
    assertEquals(4, score.perplexity(), 1e-12);
    assertEquals(2, score.bits(), 1e-12);
    assertEquals(2, score.tokens());
  }

  @Test
  void unknownTokensAreReadAsUnk() {
    try (Device device = Devices.open("cpu");
        LanguageModel model = model(device, TextUnit.WORD)) {
      assertEquals(0, model.score("the cat\n").unknown());
      TextScore score = model.score("the dog sat on the dog\n");
      assertEquals(2, score.unknown());
      assertEquals(6, score.tokens(), "five words and the line's end after the first word");
      assertEquals(score.mean(), model.score("the <unk> sat on the wolf\n").mean(), 1e-12);
      assertThrows(IllegalArgumentException.class, () -> model.score(""));
    }
  }

  @Test
  void samplesAreTheSameForTheSameSeed() {
    try (Device device = Devices.open("cpu");
        LanguageModel model = model(device, TextUnit.CHAR)) {
      Sampling how = Sampling.of(60, 4);
      String text = model.sample("the ", how);
      assertEquals(60, text.length());
      assertEquals(text, model.sample("the ", how));
      assertNotEquals(text, model.sample("the ", Sampling.of(60, 5)));
      assertNotEquals(text, model.sample("cat ", how), "the prompt is read");
      List<String> pieces = new ArrayList<>();
      model.sample("the ", how, pieces::add);
      assertEquals(text, String.join("", pieces));
      String greedy = model.sample("the ", how.withTemperature(0));
      assertEquals(greedy, model.sample("the ", Sampling.of(60, 9).withTopK(1)));
      assertEquals(greedy, model.sample("the ", Sampling.of(60, 9).withTemperature(1e-9)));
      assertEquals(60, model.sample("", how).length());
      assertEquals("", model.sample("the", Sampling.of(0, 1)));
    }
  }

  /** One step at a time with carried states draws what reading all from the start would draw. */
  @Test
  void stepByStepIsTheSameAsReadingTheWholeText() {
    try (Device device = Devices.open("reference");
        LanguageModel model = model(device, TextUnit.CHAR)) {
      Sampling how = Sampling.of(40, 6);
      String drawn = model.sample("the ", how);
      RandomStream random = how.random();
      String text = "the ";
      int tokens = model.vocabulary().size();
      for (int i = 0; i < 40; i++) {
        int[] ids = model.ids(text);
        float[] steps =
            model.network().predict(SequenceBatch.ofIds(PackedShape.dense(ids.length, 1), ids));
        double[] logits = new double[tokens];
        Arrays.setAll(logits, t -> steps[steps.length - tokens + t]);
        logits[model.vocabulary().id(Vocabulary.UNKNOWN)] = Double.NEGATIVE_INFINITY;
        text += model.vocabulary().token(how.draw(logits, random));
      }
      assertEquals(text, "the " + drawn);
    }
  }

  @Test
  void unkIsNeverDrawnAndWordsAreSpaced() {
    try (Device device = Devices.open("cpu");
        LanguageModel model = model(device, TextUnit.WORD)) {
      String text = model.sample("the cat", Sampling.of(300, 2));
      assertFalse(text.contains("<unk>") || text.contains("</s>"), text);
      assertTrue(text.startsWith(" ") || text.startsWith("\n"), text);
      assertTrue(text.lines().noneMatch(line -> line.contains("  ")), text);
      String afterLine = model.sample("the cat\n", Sampling.of(5, 2));
      assertFalse(afterLine.startsWith(" "), afterLine);
      assertNotEquals(text.substring(0, 10), afterLine.substring(0, 10));
    }
  }

  @Test
  void comesBackFromItsFile() throws Exception {
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open("cpu");
        LanguageModel model = model(device, TextUnit.WORD)) {
      model.save(file, Map.of("Data", "cats"));
      try (LanguageModel loaded = LanguageModel.load(file, device)) {
        assertEquals(model.vocabulary().tokens(), loaded.vocabulary().tokens());
        assertEquals(TextUnit.WORD, loaded.unit());
        assertArrayEquals(model.score(TEXT).nats(), loaded.score(TEXT).nats());
      }
      Path other = folder.resolve("other.safetensors");
      SequenceModelFile.save(model.network(), other);
      assertThrows(ModelFormatException.class, () -> LanguageModel.load(other, device));
    }
  }

  @Test
  void whatLooksAheadIsNoLanguageModel() {
    Vocabulary tokens = new Vocabulary(List.of("a", "b"));
    try (Device device = Devices.open("cpu");
        SequenceModel both =
            SequenceModel.around(Gru.builder(2, 2).bidirectional(true))
                .embedding(2)
                .head(2)
                .build(device, 1)) {
      assertThrows(
          IllegalArgumentException.class, () -> new LanguageModel(both, TextUnit.CHAR, tokens));
    }
  }
}
