package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.lab.Laboratory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
  @Test
  void listsAllExperimentsInLinesOfATerminal() {
    Cli list = Cli.run("lab").succeeded();
    assertEquals(Laboratory.experiments().size() + 2, list.out().lines().count());
    assertTrue(list.out().lines().allMatch(line -> line.length() <= 80), list.out());
    list.printed("sgd +Where .+\\?");
  }

  @Test
  void printsFiguresAndWritesThem(@TempDir Path folder) throws IOException {
    Cli run = Cli.run("lab", "sgd", "--quick", "--out", folder, "--device", "cpu").succeeded();
    run.printed("PASS  .+, must be at most 1e-6").printed("sgd +PASS +\\d+\\.\\d s");
    assertTrue(Files.size(folder.resolve("report.html")) > 10_000);
    JsonNode figures = new ObjectMapper().readTree(folder.resolve("lab.json").toFile());
    assertTrue(figures.get("passed").asBoolean());
    Cli.run("lab", "sgd", "--out", folder).failed(1, "holds another run");
  }

  @Test
  void jsonIsAllThatIsPrinted(@TempDir Path folder) throws IOException {
    Cli run = Cli.run("lab", "sgd", "--quick", "--json", "--out", folder).succeeded();
    JsonNode figures = new ObjectMapper().readTree(run.out());
    assertEquals("sgd", figures.at("/experiments/0/name").asText());
  }

  @Test
  void wrongWordsAreExplained() {
    Cli.run("lab", "nonsense").failed(2, "unknown experiment 'nonsense': ");
    Cli.run("lab", "sgd", "--quick", "--full").failed(2, "exclude each other");
  }
}
