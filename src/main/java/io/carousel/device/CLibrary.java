package io.carousel.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The system's C library, which native code was built for. */
public final class CLibrary {
  private static final String GLIBC = "glibc ";

  private CLibrary() {}

  /** Its version where it is GNU's, such as {@code 2.36}; empty where it is another one. */
  public static String glibcVersion() {
    try {
      Process process =
          new ProcessBuilder("getconf", "GNU_LIBC_VERSION")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      byte[] answer = process.getInputStream().readAllBytes();
      boolean done = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
      String line = done ? new String(answer, StandardCharsets.US_ASCII).strip() : "";
      return line.startsWith(GLIBC) ? line.substring(GLIBC.length()) : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
