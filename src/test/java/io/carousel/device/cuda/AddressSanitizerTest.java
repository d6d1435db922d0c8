package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.ForkedJvm;
import io.carousel.conformance.ConformanceRun;
import io.carousel.device.BundledLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The conformance cases in a virtual machine of their own, whose kernel library is built with
 * AddressSanitizer: Java, JNI and kernels together touch no memory that is not theirs.
 */
class AddressSanitizerTest {
  /** The virtual machine handles its own faults; what it keeps to itself are no leaks. */
  private static final String OPTIONS =
      "detect_leaks=0:handle_segv=0:allow_user_segv_handler=1:detect_stack_use_after_return=0";

  @Test
  void conformanceCasesStayInTheirMemory(@TempDir Path folder) throws Exception {
    // late: what was freed too early is touched afterwards
    ForkedJvm.Outcome outcome = run(folder, ConformanceRun.class, "cuda-emulated-reversed");
    assertEquals(0, outcome.exitValue(), outcome.output() + outcome.errors());
    assertTrue(outcome.output().contains("all cases hold"), outcome.output());
  }

  @Test
  void aKernelThatLeavesItsMemoryIsSeen(@TempDir Path folder) throws Exception {
    ForkedJvm.Outcome inside = run(folder, Overrun.class, "0");
    assertEquals(0, inside.exitValue(), inside.errors());
    ForkedJvm.Outcome outside = run(folder, Overrun.class, "1");
    assertNotEquals(0, outside.exitValue());
    assertTrue(outside.errors().contains("heap-buffer-overflow"), outside.errors());
  }

  private static ForkedJvm.Outcome run(Path folder, Class<?> main, String argument)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        BundledLibrary.isThere(EmulatedProviders.LIBRARY), "skipped: the emulation was not built");
    // takes the place of the library that tests use otherwise
    Path library =
        folder.resolve("classes/natives/linux_64/libcarousel_emulation.so").toAbsolutePath();
    Files.createDirectories(library.getParent());
    if (!Files.exists(library)) {
      Files.copy(NativeBuild.SANITIZED, library);
    }
    return ForkedJvm.run(
        folder,
        Map.of("LD_PRELOAD", sanitizer(), "ASAN_OPTIONS", OPTIONS),
        List.of("-Xmx384m", "-Xcheck:jni", "-XX:TieredStopAtLevel=1"),
        List.of(folder.resolve("classes")),
        main,
        argument);
  }

  /** AddressSanitizer's own library, which must be the first of the process. */
  private static String sanitizer() throws IOException, InterruptedException {
    Process compiler = new ProcessBuilder("g++", "-print-file-name=libasan.so").start();
    String path =
        new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    Assumptions.assumeTrue(
        compiler.waitFor() == 0 && Path.of(path).isAbsolute(),
        "skipped: g++ has no library of AddressSanitizer");
    return path;
  }
}
