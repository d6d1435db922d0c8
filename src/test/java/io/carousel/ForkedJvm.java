package io.carousel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a main class of this class path in a fresh Java virtual machine. */
public final class ForkedJvm {
  private ForkedJvm() {}

  /** How a run ended. */
  public record Outcome(int exitValue, String output, String errors) {
    /** The standard output of a run that must have ended well. */
    public String requireSuccess() {
      assertEquals(0, exitValue, () -> output + " " + errors);
      return output;
    }
  }

  /** The standard output of a run that ends well; its working directory is given. */
  public static String run(Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run(directory, Map.of(), List.of(), List.of(), main, arguments).requireSuccess();
  }

  /**
   * Runs and waits, some minutes at most.
   *
   * @param directory working directory, where the standard error goes too
   * @param environment variables to add
   * @param options of the virtual machine
   * @param classPathStart what comes before this class path
   */
  public static Outcome run(
      Path directory,
      Map<String, String> environment,
      List<String> options,
      List<Path> classPathStart,
      Class<?> main,
      String... arguments)
      throws IOException, InterruptedException {
    return run(directory, environment, options, classPathStart, main.getName(), arguments);
  }

  /** The same with the main class's name, for one that only {@code classPathStart} has. */
  public static Outcome run(
      Path directory,
      Map<String, String> environment,
      List<String> options,
      List<Path> classPathStart,
      String main,
      String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(
        Stream.concat(
                classPathStart.stream().map(entry -> entry.toAbsolutePath().toString()),
                Stream.of(absoluteClassPath()))
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(main);
    command.addAll(List.of(arguments));
    Path errors = directory.resolve("stderr.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), output, Files.readString(errors));
  }

  /** The class path of this virtual machine. */
  public static String absoluteClassPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> entries = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
