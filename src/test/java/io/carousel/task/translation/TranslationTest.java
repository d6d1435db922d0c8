package io.carousel.task.translation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.TestData;
import io.carousel.data.synthetic.NumberWords;
import io.carousel.data.text.SentencePairs;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SafetensorsWriter;
import io.carousel.nn.LuongAttention;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationTest {
  private static final TranslationSettings SMALL =
      new TranslationSettings(
          Cell.GRU,
          16,
          32,
          1,
          true,
          LuongAttention.Score.DOT,
          false,
          0,
          0,
          1,
          30,
          32,
          1e-2,
          8,
          Beam.GREEDY,
          1);

  @TempDir Path folder;

  private static Device device() {
    return Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
  }

  /** All numbers below 1,000 in a random order, 100 of them held out. */
  private static TranslationData numbersBelowThousand() {
    int[] order = IntStream.range(0, 1000).toArray();
    Random random = new Random(3);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    SentencePairs all =
        new SentencePairs(
            "numbers",
            IntStream.of(order).mapToObj(NumberWords::words).toList(),
            IntStream.of(order).mapToObj(Integer::toString).toList());
    return new TranslationData(
        "numbers",
        "words",
        "digits",
        TextUnit.WORDS,
        TextUnit.CHARACTERS,
        false,
        all.part("train", 0, 800),
        all.part("validation", 800, 900),
        all.part("test", 900, 1000));
  }

  @Test
  void learnsNumbersThatItHasNotSeenAndKeepsThemInItsFile() throws IOException {
    TranslationData data = numbersBelowThousand();
    try (Device device = device()) {
      RunFolder run = RunFolder.create(folder.resolve("run"));
      Translation.Outcome outcome = new Translation(SMALL, data, device).run(TrainingRun.in(run));
      TranslationEvaluation test = outcome.test();
      assertNotNull(test);
      assertTrue(test.exactMatch() >= 0.95, "exact matches " + test.exactMatch());
      assertTrue(test.perplexity() < 1.2, "perplexity " + test.perplexity());
      String report = Files.readString(run.report());
      assertTrue(report.contains("Attention: ") && report.contains("Perplexity"));
      try (Translator loaded = Translator.load(run.model(), device)) {
        assertEquals(test.translations(), loaded.translate(data.test().source(), Beam.GREEDY));
        Hypothesis found = loaded.search(List.of("four hundred two"), Beam.STANDARD).get(0).get(0);
        Translator.Alignment alignment = loaded.align("four hundred two", found);
        assertNotNull(alignment);
        assertEquals(List.of("four", "hundred", "two", "</s>"), alignment.source());
        assertEquals(found.ids().length + 1, alignment.weights().length);
        TranslationEvaluation again =
            TranslationEvaluation.of(loaded, data.test(), Beam.GREEDY, test.tokenizer());
        assertEquals(test.perplexity(), again.perplexity(), 0);
        assertTrue(loaded.translate(List.of(), Beam.GREEDY).isEmpty());
        assertNotNull(loaded.translate("")); // no token but the end
        assertNotNull(loaded.translate("no such words"));
      }
      foreignFilesAreRefused(run.model(), device);
    }
  }

  private void foreignFilesAreRefused(Path model, Device device) throws IOException {
    refused(
        model, device, "'sequence-model', not a translator", d -> d.put("kind", "sequence-model"));
    refused(model, device, "unknown fields", d -> d.withObject("model").put("inputFeeding", true));
    refused(model, device, "hiddenSize", d -> d.withObject("model").remove("hiddenSize"));
    refused(model, device, "the file holds", d -> d.withObject("model").put("hiddenSize", 1 << 20));
    refused(
        model,
        device,
        "unknown score 'concat'",
        d -> d.withObject("model").put("attention", "concat"));
    refused(
        model,
        device,
        "unknown unit of text",
        d -> d.withObject("text").put("sourceUnit", "syllables"));
    refused(
        model,
        device,
        "a vocabulary starts with",
        d ->
            d.withObject("text")
                .set("targetVocabulary", JsonNodeFactory.instance.arrayNode().add("a")));
    byte[] bytes = Files.readAllBytes(model);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Path newer = folder.resolve("newer.safetensors");
    String changed = text.replaceFirst("\"formatVersion\":\"\\d\"", "\"formatVersion\":\"9\"");
    assertTrue(!changed.equals(text));
    Files.write(newer, changed.getBytes(StandardCharsets.ISO_8859_1));
    assertThrows(ModelFormatException.class, () -> Translator.load(newer, device));
  }

  private void refused(Path model, Device device, String words, Consumer<ObjectNode> change)
      throws IOException {
    Path changed = folder.resolve("changed.safetensors");
    SafetensorsWriter tensors = new SafetensorsWriter();
    ObjectNode description;
    try (ModelFile file = ModelFile.open(model)) {
      description = file.description();
      for (String name : file.tensors().names()) {
        tensors.add(name, file.tensors().readFloats(name), file.tensors().entry(name).shape());
      }
    }
    change.accept(description);
    ModelFile.write(changed, description, tensors, Map.of());
    ModelFormatException refused =
        assertThrows(ModelFormatException.class, () -> Translator.load(changed, device));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
    assertTrue(refused.getMessage().contains("changed.safetensors"), refused.getMessage());
  }

  /** A small part of the real data, learned by heart: BLEU must rise far above chance. */
  @Test
  void learnsSomeRealSentencesByHeart() throws IOException {
    TranslationData all = TranslationData.read(TestData.require("multi30k"), "de", "en", false);
    assertEquals(29_000, all.train().size());
    assertEquals(1_014, all.validation().size());
    assertEquals(1_000, all.test().size());
    SentencePairs few = all.train().part("few", 0, 40);
    TranslationData data =
        new TranslationData("few", "de", "en", TextUnit.WORDS, TextUnit.WORDS, true, few, few, few);
    TranslationSettings settings =
        new TranslationSettings(
            Cell.LSTM,
            32,
            64,
            1,
            true,
            LuongAttention.Score.GENERAL,
            true,
            0,
            0.05,
            1,
            60,
            8,
            1e-2,
            60,
            new Beam(3, 1),
            1);
    try (Device device = device()) {
      Translation.Outcome outcome =
          new Translation(settings, data, device)
              .run(TrainingRun.in(RunFolder.create(folder.resolve("few"))));
      TranslationEvaluation test = outcome.test();
      assertNotNull(test);
      assertTrue(test.bleu().bleu() > 60, test.bleu().toString());
    }
  }

  @Test
  void aModelWithoutAttentionHasNoAlignment() {
    TranslationData data = numbersBelowThousand();
    try (Device device = device();
        Translator translator =
            new Translator(
                new io.carousel.rnn.EncoderDecoder(
                    new io.carousel.rnn.EncoderDecoderSpec(
                        Cell.LSTM,
                        data.text(true, 1).sources().size(),
                        data.text(true, 1).targets().size(),
                        4,
                        4,
                        1,
                        false,
                        null,
                        0),
                    device,
                    1),
                data.text(true, 1))) {
      Hypothesis found = translator.search(List.of("one two"), Beam.GREEDY).get(0).get(0);
      assertNull(translator.align("one two", found));
      assertEquals(
          List.of("two", "one", "</s>"), translator.text().readTokens("one two"), "reversed");
    }
  }

  @Test
  void settingsAreChecked() {
    IllegalArgumentException odd =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new TranslationSettings(
                    Cell.GRU, 8, 7, 1, true, null, false, 0, 0, 1, 1, 1, 1, 1, Beam.GREEDY, 1));
    assertTrue(odd.getMessage().contains("even"), odd.getMessage());
  }
}
