package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BundledLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the C++ checks: of every kernel against plain arithmetic, of the emulation itself, and both
 * again under AddressSanitizer.
 */
class NativeChecksTest {
  private record Outcome(int exitValue, String output) {}

  @ParameterizedTest
  @ValueSource(
      strings = {"check_kernels", "check_emulation", "check_kernels_asan", "check_emulation_asan"})
  void hold(String program) throws Exception {
    Outcome outcome = run(program);
    assertEquals(0, outcome.exitValue, outcome.output);
  }

  /** The CPU's recurrent kernels; fewer cases under AddressSanitizer, which is slow. */
  @ParameterizedTest
  @CsvSource({"check_cpu, 1", "check_cpu_asan, 7"})
  void cpuKernelsHold(String program, String everyNthCase) throws Exception {
    Outcome outcome = run(program, everyNthCase);
    assertEquals(0, outcome.exitValue, outcome.output);
  }

  @ParameterizedTest
  @CsvSource({
    "overrun, heap-buffer-overflow",
    "misalign, misaligned address",
    "early, use-after-poison",
    "late, use-after-poison"
  })
  void sanitizersSeeWhatAGpuMayNotForgive(String fault, String finding) throws Exception {
    Outcome outcome = run("check_emulation_asan", fault);
    assertNotEquals(0, outcome.exitValue);
    assertTrue(outcome.output.contains(finding), outcome.output);
  }

  /** Fails where a program is missing beside a library that was built with it. */
  private static Outcome run(String program, String... arguments)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        BundledLibrary.isThere(EmulatedProviders.LIBRARY),
        "skipped: the native checks were not built");
    List<String> command = new ArrayList<>();
    command.add(NativeBuild.FOLDER.resolve(program).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // a kernel that fails on purpose leaves what is on its stacks
    builder.environment().put("ASAN_OPTIONS", "detect_leaks=0");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
