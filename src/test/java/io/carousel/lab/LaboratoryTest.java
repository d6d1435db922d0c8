package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.report.LineChart;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaboratoryTest {
  @Test
  void namesAreWordsAndQuestionsFitALine() {
    for (Experiment experiment : Laboratory.experiments()) {
      assertTrue(experiment.name().matches("[a-z][a-z-]{1,11}"), experiment.name());
      assertTrue(experiment.question().length() <= 64, experiment.question());
      assertTrue(experiment.question().endsWith("?"), experiment.question());
    }
    List<String> names = Laboratory.experiments().stream().map(Experiment::name).toList();
    assertEquals(names.stream().distinct().collect(Collectors.toList()), names);
  }

  @Test
  void whatWasNotCheckedOrIsNotANumberHasNotPassed() {
    assertFalse(Outcome.explained("nothing").passed());
    assertTrue(Outcome.explained("").check(Check.atMost("x", 1, 1)).passed());
    assertFalse(Outcome.explained("").check(Check.atMost("x", Double.NaN, 1)).passed());
    assertFalse(Outcome.explained("").check(Check.atLeast("x", Double.NaN, 1)).passed());
    assertFalse(Outcome.explained("").check(Check.within("x", Double.NaN, 0, 1)).passed());
    Outcome mixed = Outcome.explained("").check(Check.atLeast("x", 2, 1));
    assertFalse(mixed.check(Check.atLeast("y", 0.5, 1)).passed());
  }

  @Test
  void figuresAreShownInFewDigits() {
    assertEquals("0.3333", Figures.shown(1 / 3.0));
    assertEquals("12350", Figures.shown(12345.6));
    assertEquals("1.23e-5", Figures.shown(1.234e-5));
    assertEquals("1e-6", Figures.shown(1e-6));
    assertEquals("0", Figures.shown(0.0));
    assertEquals("NaN", Figures.shown(Double.NaN));
    assertEquals("12345", Figures.shown(12345));
    Figures table = Figures.of("t", "a", "b").row("x", 1);
    assertThrows(IllegalArgumentException.class, () -> table.row("x"));
    assertThrows(IllegalArgumentException.class, () -> table.row("x", "y"));
  }

  /** An experiment whose figure misses its limit. */
  private static final class Missed implements Experiment {
    @Override
    public String name() {
      return "missed";
    }

    @Override
    public String question() {
      return "Is two at most one?";
    }

    @Override
    public Outcome run(Setting setting) {
      return Outcome.explained("One\nline.\n\nAnother <one>.")
          .figures(Figures.of("Numbers", "name", "value").row("two", 2.0).row("nan", Double.NaN))
          .json("curve", new double[] {1, 2})
          .picture(LineChart.titled("Curve").line("y", new double[] {0, 1}, new double[] {1, 2}))
          .check(Check.atMost("two", 2, 1));
    }
  }

  @Test
  void filesHoldEveryFigure(@TempDir Path folder) throws IOException {
    try (Device device = Devices.open("reference")) {
      Setting setting = new Setting(device, Scale.QUICK, 7);
      LabResult missed = Laboratory.run(new Missed(), setting);
      LabFiles files = LabFiles.in(folder.resolve("new"));
      files.write(List.of(missed, missed), setting);
      JsonNode root = new ObjectMapper().readTree(files.json().toFile());
      assertEquals("carousel-lab", root.get("format").asText());
      assertEquals("quick", root.get("scale").asText());
      assertFalse(root.get("passed").asBoolean());
      JsonNode one = root.get("experiments").get(0);
      assertEquals(2, one.at("/tables/Numbers/0/value").asDouble());
      assertEquals("NaN", one.at("/tables/Numbers/1/value").asText());
      assertEquals(2, one.at("/curve/1").asDouble());
      assertEquals("at most 1", one.at("/checks/0/condition").asText());
      String html = Files.readString(files.report());
      for (String words : List.of("0 of 2", "Another &lt;one&gt;.", "FAIL", "Curve", "Seed")) {
        assertTrue(html.contains(words), words);
      }
      assertThrows(FileAlreadyExistsException.class, () -> LabFiles.in(folder.resolve("new")));
    }
  }
}
