package io.carousel.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * scripts/carousel with a Java that prints its words and, where there are sources, such a Maven.
 */
class LauncherScriptTest {
  @TempDir Path folder;

  @BeforeEach
  void install() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no /bin/sh");
    Files.createDirectories(folder.resolve("home/scripts"));
    Files.createDirectories(folder.resolve("home/target/lib"));
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.copy(Path.of("scripts/carousel"), folder.resolve("home/scripts/carousel"));
    command(
        "jdk/bin/java",
        "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; else echo \"$@\"; fi");
  }

  private void command(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  /** Sources, and a Maven that does this. */
  private void checkout(String maven) throws IOException {
    for (String source : new String[] {"src/main", "native", "cmake"}) {
      Files.createDirectories(folder.resolve("home").resolve(source));
    }
    Files.createFile(folder.resolve("home/scripts/natives.sh"));
    Files.writeString(folder.resolve("home/pom.xml"), "<version>1.2</version>\n");
    command("jdk/bin/javac", "");
    command("jdk/bin/mvn", maven);
  }

  private String run(int exitCode) throws IOException, InterruptedException {
    return run(exitCode, "");
  }

  private String run(int exitCode, String mavenOptions) throws IOException, InterruptedException {
    Path script = folder.resolve("home/scripts/carousel");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", script.toString(), "doctor").redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().merge("PATH", folder.resolve("jdk/bin") + ":", (old, jdk) -> jdk + old);
    builder.environment().put("CAROUSEL_MAVEN_OPTS", mavenOptions);
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

  @Test
  void aNativeBuildThatFailsSaysWhy() throws Exception {
    checkout(
        """
        cat <<'END'
        [INFO] Building Carousel 1.2
        nvcc fatal   : Unsupported gpu architecture 'compute_20'
        carousel: the native libraries do not build; the whole log is build.log
        [ERROR] Command execution failed.
        [ERROR] Failed to execute goal exec (natives) on project carousel: Command execution failed.
        [ERROR] Re-run Maven using the -X switch to enable full debug logging.
        END
        exit 1""");
    String output = run(1);
    assertTrue(output.contains("\ncarousel: the native libraries do not build; "), output);
    assertTrue(output.contains("\nnvcc fatal   : Unsupported gpu architecture"), output);
    assertFalse(output.contains("ERROR"), output);
    assertFalse(output.contains("INFO"), output);
  }

  @Test
  void otherOptionsForMavenBuildAgain() throws Exception {
    checkout("echo $* >>built && touch target/carousel-1.2.jar");
    run(0);
    run(0);
    run(0, "-Dx=1");
    run(0, "-Dx=1");
    run(0);
    run(0, "-Dx=2");
    String every = "-B -ntp -Dmaven.test.skip=true";
    assertEquals(
        List.of(every + " package", every + " -Dx=1 package", every + " -Dx=2 package"),
        Files.readAllLines(folder.resolve("home/built")));
  }
}
