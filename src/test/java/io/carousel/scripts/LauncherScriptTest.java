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

/** scripts/carousel in an installation that has no sources, with a Java that prints its words. */
class LauncherScriptTest {
  @TempDir Path folder;

  @BeforeEach
  void install() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no /bin/sh");
    Files.createDirectories(folder.resolve("home/scripts"));
    Files.createDirectories(folder.resolve("home/target/lib"));
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.copy(Path.of("scripts/carousel"), folder.resolve("home/scripts/carousel"));
    Path java = folder.resolve("jdk/bin/java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        if [ "$1" = -version ]; then echo 'openjdk version "17.0.1"' >&2; else echo "$@"; fi
        """);
    assertTrue(java.toFile().setExecutable(true));
  }

  private String run(int exitCode) throws IOException, InterruptedException {
    Path script = folder.resolve("home/scripts/carousel");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", script.toString(), "doctor").redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("CAROUSEL_JAVA_OPTS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exitCode, process.waitFor(), output);
    return output;
  }

  @Test
  void scriptJarAndLibrariesAreEnough() throws Exception {
    Path target = folder.toRealPath().resolve("home/target");
    Files.createFile(target.resolve("carousel-1.2.jar"));
    Files.createFile(target.resolve("carousel-1.2-cuda-linux-x86_64.jar"));
    String output = run(0);
    assertEquals(1, output.lines().count(), output);
    String jars = target + "/carousel-1.2.jar:" + target + "/carousel-1.2-cuda-linux-x86_64.jar:";
    assertTrue(output.contains(" -cp " + jars + target + "/lib/* io.carousel.cli.Start"), output);
  }

  @Test
  void whatIsMissingOrTwiceThereIsNamed() throws Exception {
    assertTrue(run(1).contains("it needs target/carousel-VERSION.jar and target/lib"));
    Files.createFile(folder.resolve("home/target/carousel-1.2.jar"));
    Files.createFile(folder.resolve("home/target/carousel-1.3.jar"));
    assertTrue(run(1).contains("carousel-1.2.jar and carousel-1.3.jar: leave one"));
  }
}
