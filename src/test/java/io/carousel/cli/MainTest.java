package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {
  /** All commands with their subcommands, {@code ""} being the top. */
  static Stream<String> commands() {
    return commands("", Main.commandLine());
  }

  private static Stream<String> commands(String path, CommandLine command) {
    return Stream.concat(
        Stream.of(path.strip()),
        command.getSubcommands().entrySet().stream()
            .flatMap(sub -> commands(path + " " + sub.getKey(), sub.getValue())));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String command) {
    String[] words = (command + " --help").strip().split(" ");
    Cli help = Cli.run((Object[]) words).succeeded();
    assertTrue(help.out().contains("Usage: carousel" + (command.isEmpty() ? "" : " " + command)));
    assertTrue(help.out().contains("--debug"), help.out());
    assertTrue(help.out().lines().allMatch(line -> line.length() <= 80), help.out());
    boolean group =
        commands()
            .anyMatch(c -> !c.equals(command) && c.startsWith((command + " ").stripLeading()));
    assertEquals(group, help.out().contains("Commands:"));
  }

  @Test
  void versionNamesJdkAndSystem() {
    Cli version = Cli.run("--version").succeeded();
    version.printed("Carousel .+").printed("JDK (17|[2-9]\\d)\\..+").printed(".*\\w+.*\\(.+\\)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nonsense | Unknown option: '--nonsense'",
        "sumary x | did you mean summary",
        "verify --tolerence 1 x | did you mean --tolerance?",
        "serve --prot 8081 | did you mean --port?",
        "serve --max-bdy=3 x | did you mean --max-body?",
        "verify | Missing required parameter: 'CASE'",
        "verify --plan fast x | expected one of [AUTO, STEPWISE, FUSED]",
        "verify --device gpu x | unknown device 'gpu': choose one of auto",
        "verify --tolerance nan x | 'nan' is not a",
        "verify --tolerance -1 x | must be a number not below 0",
        "bench --threads 2000 --shape T=1,B=1,I=1,H=1 | must lie in 1..1024",
        "train foo | the tasks are ecg-anomaly, ",
        "frobnicate | 'frobnicate'; the commands are train, eval, predict, lab, forecast, ",
        "eval ecg | a model of ecg is asked and judged by 'carousel forecast MODEL FILE'",
        "predict ecg | a model of ecg is asked and judged by 'carousel forecast MODEL FILE'",
        "train ecg --data x | 'train ecg' learns the bundled record alone: 'train ecg-beats' and",
        "summary a b | Unmatched argument at index 2: 'b'",
        "doctor --verbose | Unknown option",
      })
  void wrongArgumentsGiveOneLineAndExitCodeTwo(String words, String expected) {
    Cli run = Cli.run((Object[]) words.split(" ")).failed(2, expected);
    assertTrue(run.err().contains("--help)"), run.err());
    assertEquals("", run.out());
  }

  @Test
  void noCommandIsAWrongArgument() {
    Cli.run().failed(2, "Missing COMMAND");
  }

  @Test
  void theStackTraceIsShownOnRequestOnly(@TempDir Path folder) {
    Path missing = folder.resolve("missing.safetensors");
    Cli.run("summary", missing).failed(1, missing + ": no such file");
    for (String[] words :
        new String[][] {
          {"--debug", "summary", missing.toString()}, {"summary", missing.toString(), "--debug"}
        }) {
      Cli traced = Cli.run((Object[]) words);
      assertEquals(1, traced.exitCode());
      assertTrue(traced.err().contains("\tat io.carousel."), traced.err());
    }
  }

  @Test
  void textFromOutsideCannotForgeLines() {
    Cli.run("verify", "--device", "a\nb\u001b[31m", "x").failed(2, "'a b\\u001b[31m'");
  }
}
