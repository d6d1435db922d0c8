package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.CpuInstructions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @Test
  void thisMachineIsFit() {
    Cli run = Cli.run("doctor").succeeded();
    run.printed("ok +Java .*").printed("\\w+ +cpu device .*").printed("ok +bundled data .*");
    run.printed("Carousel can train here\\.");
  }

  @Test
  void jsonHasTheSameChecks() throws IOException {
    JsonNode json = new ObjectMapper().readTree(Cli.run("doctor", "--json").succeeded().out());
    assertTrue(json.get("ok").asBoolean());
    List<String> subjects = json.get("checks").findValuesAsText("subject");
    assertTrue(
        subjects.containsAll(List.of("Java", "memory", "temporary folder", "device")),
        subjects.toString());
  }

  @Test
  void whyNoDeviceCanBeOpenedIsWrong() {
    String before = System.setProperty("carousel.cuda", "off");
    try (CpuInstructions wrong = new CpuInstructions("sse")) {
      Cli run = Cli.run("doctor");
      assertEquals(1, run.exitCode(), run.out());
      run.printed("WRONG +cpu recurrent plan .*not 'sse'");
      run.printed("WRONG +device +none can be opened; see the lines above");
    } finally {
      if (before == null) {
        System.clearProperty("carousel.cuda");
      } else {
        System.setProperty("carousel.cuda", before);
      }
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsFound(@TempDir Path folder) {
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.resolve("missing").toString());
    try {
      List<Check> checks = FolderChecks.all();
      assertEquals(Check.Status.WARNING, checks.get(0).status(), checks.toString());
      assertTrue(checks.get(0).finding().contains("-Djava.io.tmpdir=DIR"), checks.toString());
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }
}
