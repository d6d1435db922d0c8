package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.io.SafetensorsFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own: exit codes, streams, interruption. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ForkedMainTest {
  private static final List<String> EPOCHS_OF_SECONDS =
      List.of(
          "train",
          "ecg",
          "--plain",
          "--threads",
          "1",
          "--hidden",
          "4",
          "--context",
          "16",
          "--stride",
          "4",
          "--epochs",
          "3");

  @TempDir Path folder;

  private static Process start(List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED"); // as scripts/carousel says
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(args);
    return new ProcessBuilder(command).start();
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void errorsGoToStandardErrorAndIntoTheExitCode() throws Exception {
    Process process = start(List.of("summary", "missing.safetensors"));
    assertEquals("", read(process.getInputStream()));
    assertEquals(
        "carousel summary: missing.safetensors: no such file",
        read(process.getErrorStream()).strip());
    assertEquals(1, process.waitFor());
    assertEquals(2, start(List.of("summary")).waitFor());
  }

  @Test
  void aDeviceIsUsedWithoutAWordOnStandardError() throws Exception {
    Process process = start(List.of("bench", "--shape", "T=2,B=2,I=2,H=2", "--seconds", "0.01"));
    assertTrue(read(process.getInputStream()).startsWith("device cpu: "));
    assertEquals("", read(process.getErrorStream()));
    assertEquals(0, process.waitFor());
  }

  @Test
  void anInterruptedRunGoesOnAsIfItHadNotBeen() throws Exception {
    Path broken = folder.resolve("broken");
    List<String> args = new ArrayList<>(EPOCHS_OF_SECONDS);
    args.addAll(List.of("--out", broken.toString()));
    Process process = start(args);
    StringBuilder err = new StringBuilder();
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        err.append(line).append('\n');
        if (line.startsWith("epoch 1/3  loss")) {
          process.toHandle().destroy(); // SIGTERM, treated like Ctrl-C
        }
      }
    }
    String words = String.join(" ", EPOCHS_OF_SECONDS.subList(2, EPOCHS_OF_SECONDS.size()));
    String resume = "interrupted; go on with: carousel train ecg --resume " + broken + " " + words;
    assertTrue(err.toString().contains(resume), err.toString());
    assertEquals(128 + 15, process.waitFor(), err.toString());

    List<Object> again = new ArrayList<>(EPOCHS_OF_SECONDS);
    again.addAll(List.of("--resume", broken));
    Cli resumed = Cli.run(again.toArray());
    assertEquals(0, resumed.exitCode(), resumed.toString());
    assertTrue(resumed.err().startsWith("going on after step "), resumed.err());

    Path whole = folder.resolve("whole");
    List<Object> straight = new ArrayList<>(EPOCHS_OF_SECONDS);
    straight.addAll(List.of("--out", whole));
    assertEquals(0, Cli.run(straight.toArray()).exitCode());
    assertArrayEquals(weights(whole), weights(broken));
  }

  private static float[] weights(Path run) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(run.resolve("model.safetensors"))) {
      return file.readFloats("rnn.weight_hh_l0");
    }
  }
}
