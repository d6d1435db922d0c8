package io.carousel.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/natives.sh with tools that build nothing and note what they are asked for. */
class NativesScriptTest {
  @TempDir Path home;

  @BeforeEach
  void install() throws IOException {
    boolean linux = System.getProperty("os.name").equals("Linux");
    boolean amd64 = System.getProperty("os.arch").equals("amd64");
    Assumptions.assumeTrue(
        linux && amd64 && Files.isExecutable(Path.of("/bin/bash")),
        "skipped: no bash on Linux x86-64");
    Files.createDirectories(home.resolve("scripts"));
    Files.createDirectories(home.resolve("bin"));
    Files.copy(Path.of("scripts/natives.sh"), home.resolve("scripts/natives.sh"));
    for (String tool : new String[] {"cmake", "g++", "nvcc", "ninja"}) {
      Path file = home.resolve("bin").resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho \"$@\" >> '" + home.resolve(tool) + "'\n");
      assertTrue(file.toFile().setExecutable(true));
    }
  }

  private String run(String architectures) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/bash", home.resolve("scripts/natives.sh").toString(), "main")
            .redirectErrorStream(true);
    builder.environment().put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("CAROUSEL_NATIVES", "required");
    builder.environment().put("CAROUSEL_CUDA_ARCH", architectures);
    builder.environment().remove("CAROUSEL_TARGET");
    builder.environment().remove("CUDACXX");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void kernelsAreCompiledForWhatIsAskedFor() throws Exception {
    assertEquals("", run("80-real"));
    String asked = Files.readString(home.resolve("cmake"));
    assertTrue(asked.contains(" -DCAROUSEL_CUDA=ON "), asked);
    assertTrue(asked.contains(" -DCAROUSEL_CUDA_ARCH=80-real "), asked);
  }

  @Test
  void kernelsAreLeftOutWhereNoneAreAskedFor() throws Exception {
    assertEquals(
        "carousel: CUDA kernels left out (-Dcarousel.cuda.arch=none); it will compute on the CPU"
            + " only\n",
        run("none"));
    String asked = Files.readString(home.resolve("cmake"));
    assertTrue(asked.contains(" -DCAROUSEL_CUDA=OFF "), asked);
    assertTrue(asked.contains("--target natives-main "), asked);
    assertTrue(Files.notExists(home.resolve("nvcc")), "nvcc was asked");
  }
}
