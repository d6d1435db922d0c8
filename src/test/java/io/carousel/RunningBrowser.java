package io.carousel;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A headless Chromium whose {@link BrowserTab}s are opened one after the other. */
public final class RunningBrowser implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final Path profile;
  private final URI tabs;

  /** Starts it with a profile of its own. */
  public RunningBrowser(Browser executable, Path scratch) throws Exception {
    Path folder = Files.createTempDirectory(scratch, "browser");
    profile = folder.resolve("profile");
    List<String> command = executable.command(profile);
    command.addAll(List.of("--remote-debugging-port=0", "about:blank"));
    File log = folder.resolve("log").toFile();
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      tabs = URI.create("http://127.0.0.1:" + port(log) + "/json/");
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private int port(File log) throws IOException, InterruptedException {
    Path file = profile.resolve("DevToolsActivePort");
    for (int attempt = 0; attempt < PATIENCE_SECONDS * 20; attempt++) {
      if (Files.exists(file) && Files.readAllLines(file).size() == 2) {
        return Integer.parseInt(Files.readAllLines(file).get(0));
      }
      Thread.sleep(50);
    }
    throw new IOException("the browser did not start: " + Files.readString(log.toPath()));
  }

  /** Where tabs are opened and closed, by the Chrome DevTools Protocol. */
  URI tabs() {
    return tabs;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    Browser.delete(profile);
  }
}
