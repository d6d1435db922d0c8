package io.carousel;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium that tests look at pages with. */
public final class Browser {
  private static final String MISSING =
      "skipped: no chromium, chromium-browser or google-chrome on the PATH (or set"
          + " -Dcarousel.browser=PATH)";
  private static final Optional<Path> FOUND = find();

  private final Path executable;

  private Browser(Path executable) {
    this.executable = executable;
  }

  /** What one visit left: the document after its scripts ran, and what the browser logged. */
  public record Visit(String dom, List<String> console) {}

  /**
   * The browser of {@code -Dcarousel.browser=PATH} or the PATH. Skips the calling test where there
   * is none, with one line for all of them.
   */
  public static Browser require() {
    Assumptions.assumeTrue(FOUND.isPresent(), MISSING);
    return new Browser(FOUND.orElseThrow());
  }

  /** Opens {@code page} and returns its document. */
  public Visit visit(Path page, Path scratch) throws IOException, InterruptedException {
    return run(page, scratch, "--dump-dom");
  }

  /** Opens {@code page}, whose script may reach into the files it frames, and waits for it. */
  public Visit use(Path page, Path scratch) throws IOException, InterruptedException {
    return run(
        page,
        scratch,
        "--dump-dom",
        "--allow-file-access-from-files",
        "--virtual-time-budget=20000",
        "--window-size=800,5200");
  }

  /** Draws {@code page} into the PNG file {@code image}. */
  public void screenshot(Path page, Path scratch, Path image, int width, int height, boolean dark)
      throws IOException, InterruptedException {
    run(
        page,
        scratch,
        "--screenshot=" + image.toAbsolutePath(),
        "--window-size=" + width + "," + height,
        "--hide-scrollbars",
        "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1));
  }

  /** The command that starts it with a profile of its own. */
  List<String> command(Path profile) {
    return new ArrayList<>(
        List.of(
            executable.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + profile));
  }

  private Visit run(Path page, Path scratch, String... task)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(scratch, "browser");
    List<String> command = command(folder.resolve("profile"));
    command.addAll(List.of("--enable-logging=stderr", "--v=0"));
    command.addAll(List.of(task));
    command.add(page.toUri().toString());
    File dom = folder.resolve("stdout").toFile();
    File log = folder.resolve("stderr").toFile();
    Process process = new ProcessBuilder(command).redirectOutput(dom).redirectError(log).start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      throw new IOException(
          "the browser did not finish in 90 s: " + Files.readString(log.toPath()));
    }
    delete(folder.resolve("profile"));
    if (process.exitValue() != 0) {
      throw new IOException("the browser failed: " + Files.readString(log.toPath()));
    }
    List<String> console =
        Files.readAllLines(log.toPath()).stream().filter(line -> line.contains("CONSOLE")).toList();
    return new Visit(Files.readString(dom.toPath()), console);
  }

  // helper processes may outlive the browser for a moment and still write to its profile
  static void delete(Path profile) throws IOException, InterruptedException {
    for (int attempt = 1; Files.exists(profile); attempt++) {
      try (Stream<Path> files = Files.walk(profile)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException e) {
        if (attempt == 50) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private static Optional<Path> find() {
    Optional<Path> found =
        Optional.ofNullable(System.getProperty("carousel.browser"))
            .map(Path::of)
            .or(Browser::onPath);
    if (found.isEmpty()) {
      System.err.println("tests of pages " + MISSING);
    }
    return found;
  }

  private static Optional<Path> onPath() {
    List<String> folders =
        List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
