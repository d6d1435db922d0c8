package io.carousel.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.ForkedJvm;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The programs of {@code examples/}. */
final class ExampleFiles {
  private static final Path FOLDER = Path.of("examples");

  private ExampleFiles() {}

  /** All of them, by name. */
  static List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  /** The source of one. */
  static String read(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name + ".java"));
  }

  /** Compiles all of them, as a project that takes warnings for errors does. */
  static Path compile(Path classes) throws IOException {
    Files.createDirectories(classes);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    // the manifests of others' jars name files that are not there
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-Xlint:all,-path",
            "-Werror",
            "-cp",
            ForkedJvm.absoluteClassPath(),
            "-d",
            classes.toString());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(all()))
              .call();
      assertTrue(compiled, complaints.toString());
    }
    return classes;
  }
}
