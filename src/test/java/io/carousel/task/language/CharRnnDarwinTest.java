package io.carousel.task.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.TextUnit;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A character model trained by TensorFlow, and what another program computed with it. */
class CharRnnDarwinTest {
  @TempDir Path folder;

  private static String text(Path data, JsonNode expected) throws Exception {
    int from = expected.path("offset_chars").intValue();
    String text = TextCorpus.text(data.resolve("darwin.txt.gz"));
    return text.substring(from, from + expected.path("n").intValue() + 1);
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.path(i).doubleValue());
    return numbers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void givesTheExpectedLikelihoods(String name) throws Exception {
    Path data = TestData.require("charrnn-darwin");
    JsonNode expected = new ObjectMapper().readTree(data.resolve("EXPECTED.json").toFile());
    String text = text(data, expected);
    try (Device device = Devices.open(name);
        LanguageModel model = LanguageModel.load(data, device)) {
      assertEquals(TextUnit.CHAR, model.unit());
      TextScore score = model.score(text);
      double[] nats = score.nats();
      assertEquals(2000, score.tokens());
      assertEquals(expected.path("mean_nll_nats").doubleValue(), score.mean(), 1e-5);
      assertArrayEquals(numbers(expected.path("nll_first10")), Arrays.copyOf(nats, 10), 1e-4);
      assertArrayEquals(
          numbers(expected.path("nll_last10")), Arrays.copyOfRange(nats, 1990, 2000), 1e-4);
      Path saved = folder.resolve(name + ".safetensors");
      model.save(saved, Map.of("origin", "ml5"));
      try (LanguageModel again = LanguageModel.load(saved, device)) {
        assertArrayEquals(nats, again.score(text).nats());
      }
    }
  }

  @Test
  void aCharacterThatItDoesNotKnowIsNamed() throws Exception {
    Path data = TestData.require("charrnn-darwin");
    try (Device device = Devices.open("cpu");
        LanguageModel model = LanguageModel.load(data, device)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> model.score("a β b"));
      assertTrue(refused.getMessage().contains("token 3"), refused.getMessage());
      assertTrue(refused.getMessage().contains("U+03B2"), refused.getMessage());
    }
  }

  @Test
  void brokenFilesAreNamedAndLeaveNothingBehind() throws Exception {
    Path data = TestData.require("charrnn-darwin");
    try (Device device = Devices.open("cpu")) {
      for (String file : new String[] {"rnnlm_softmax_b", "embedding", "vocab.json"}) {
        Path broken = Files.createDirectory(folder.resolve("without-" + file));
        try (Stream<Path> files = Files.list(data)) {
          for (Path each : files.toList()) {
            boolean spoilt = each.endsWith(file);
            byte[] bytes = Files.readAllBytes(each);
            Files.write(
                broken.resolve(each.getFileName()),
                spoilt ? Arrays.copyOf(bytes, bytes.length - 4) : bytes);
          }
        }
        ModelFormatException refused =
            assertThrows(ModelFormatException.class, () -> LanguageModel.load(broken, device));
        assertTrue(refused.getMessage().contains(file), refused.getMessage());
        assertEquals(0, device.allocatedBytes(), file);
      }
      Path plain = Files.createDirectory(folder.resolve("plain"));
      assertThrows(ModelFormatException.class, () -> LanguageModel.load(plain, device));
      assertEquals(0, plain.toFile().list().length);
    }
  }
}
