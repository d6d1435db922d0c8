package io.carousel.device.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JCublas2 on a machine with cuBLAS 13 only: the stand-in and a small libcublas.so.13 of ours that
 * writes down what it is called with. Each run is a process of its own, for libraries stay loaded.
 */
class CublasStandInTest {
  private static final Path STUB = NativeBuild.FOLDER.resolve("cublas13_stub");
  private static final int PROCESSES = 6;

  @TempDir private Path folder;

  @BeforeEach
  void builtWithNatives() {
    assumeTrue(Files.exists(STUB.resolve("libcublas.so.13")), "built with -Dcarousel.natives=off");
  }

  @Test
  void callsArriveUnchanged() throws Exception {
    String printed = finish(start("calls"));
    assertEquals(
        """
        cuBLAS 13
        create 0
        version 0 130100
        stream 0
        workspace 0
        gemm 0
        batched 0
        not in version 13: 15
        destroy 0
        """,
        printed);
    String handle = "0x1234abcd5678";
    assertEquals(
        """
        create
        version %1$s
        stream %1$s (nil)
        workspace %1$s 0x7f0000001000 33554432
        gemm %1$s 0 1 2 3 4 1.5 0xa0000000 14 5 0xb0000040 14 6 0.25 0xc0000000 0 7 77 -1
        batched %1$s 1 0 2 3 4 1.5 0xa0000000 14 5 8589934592 0xb0000040 14 6 17179869184 0.25 0xc0000000 0 7 25769803776 9 68 -1
        destroy %1$s
        """
            .formatted(handle),
        Files.readString(folder.resolve("cublas13_stub.log")));
  }

  /**
   * JCuda would load what lies in the common folder under its fixed name, whoever left it there.
   */
  @Test
  void halfALibraryOfAnotherProcessIsNotLoaded() throws Exception {
    for (String name : List.of("JCudaRuntime", "JCublas2")) {
      Files.write(folder.resolve("lib" + name + "-12.6.0-linux-x86_64.so"), new byte[512]);
    }
    assertTrue(finish(start("calls")).contains("gemm 0"));
  }

  @Test
  void processesThatStartTogetherDoNotDisturbEachOther() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start("calls"));
    }
    for (Process process : processes) {
      assertTrue(finish(process).contains("destroy 0"));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of(), left.map(String::valueOf).filter(name -> name.contains("jcuda")).toList());
    }
  }

  @Test
  void aTemporaryFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    String printed = finish(start("unpack", "-Djava.io.tmpdir=" + file.resolve("below")));
    assertTrue(printed.contains("cannot be unpacked to " + file), printed);
    assertTrue(printed.contains("-Djava.io.tmpdir=DIR"), printed);
  }

  private Process start(String what, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xcheck:jni");
    command.add("-Djava.io.tmpdir=" + folder);
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(CublasStandInProgram.class.getName());
    command.add(what);
    command.add(STUB.toString());
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(folder.resolve("errors.txt").toFile())
        .start();
  }

  private String finish(Process process) throws Exception {
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(
        0,
        process.exitValue(),
        () -> printed + " errors.txt in " + List.of(folder.toFile().list()));
    return printed;
  }
}
