package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class DataHintTest {
  @TempDir Path folder;

  /** The tasks of {@code train} that take data. */
  static Stream<String> tasks() {
    Map<String, CommandLine> all =
        Main.commandLine().getSubcommands().get("train").getSubcommands();
    return all.entrySet().stream()
        .filter(task -> task.getValue().getCommandSpec().findOption("--data") != null)
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void whoLacksDataIsToldWhereTheyComeFrom(String task) throws IOException {
    String hint = "'scripts/data " + task + "' downloads the data set into data/" + task;
    Path out = folder.resolve("run");
    Path missing = folder.resolve("missing");
    Object[] words = {"train", task, "--device", "cpu", "--threads", 1, "--out", out, "--data"};
    assertEnds(Cli.run("train", task), hint);
    assertEnds(Cli.run(Stream.concat(Stream.of(words), Stream.of(missing)).toArray()), hint);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    words[7] = folder.resolve("run2");
    Cli wrong = Cli.run(Stream.concat(Stream.of(words), Stream.of(empty)).toArray());
    assertTrue(wrong.err().contains("scripts/data " + task), wrong.toString());
  }

  private static void assertEnds(Cli run, String hint) {
    assertFalse(run.exitCode() == 0, run.toString());
    assertTrue(run.err().lines().anyMatch(line -> line.contains(hint)), run.toString());
  }

  @Test
  void theScriptHasEveryTask() throws IOException {
    String script = Files.readString(Path.of("scripts/data"));
    for (String task : DataHint.TASKS) {
      assertTrue(script.contains("\n  " + task + " "), task);
    }
    tasks().forEach(task -> assertTrue(DataHint.TASKS.contains(task), task));
  }

  @Test
  void otherErrorsAreLeftAlone() {
    Cli other = Cli.run("train", "sentiment", "--data", folder, "--seed", "x");
    assertEquals(2, other.exitCode());
    assertFalse(other.err().contains("scripts/data"), other.err());
  }
}
