package io.carousel.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the jar starts: {@link Main}, when the libraries that only the command line needs are on
 * the class path. A program that embeds Carousel does without them.
 */
public final class Start {
  /** A class of each library, and the library. */
  private static final Map<String, String> LIBRARIES = new LinkedHashMap<>();

  static {
    LIBRARIES.put("picocli.CommandLine", "info.picocli:picocli");
    LIBRARIES.put("me.tongfei.progressbar.ProgressBar", "me.tongfei:progressbar");
  }

  private Start() {}

  /** Runs the command and ends the process with its exit code; 1 where a library is missing. */
  public static void main(String[] args) {
    String missing = missing(Start.class.getClassLoader());
    if (!missing.isEmpty()) {
      System.err.println(missing);
      System.exit(1);
    }
    Main.main(args);
  }

  /** One line on what that class loader does not find; empty when all is there. */
  static String missing(ClassLoader loader) {
    String absent =
        LIBRARIES.entrySet().stream()
            .filter(library -> !has(loader, library.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(", "));
    return absent.isEmpty()
        ? ""
        : "carousel: the command line needs libraries that are not on the class path: "
            + absent
            + ", in the versions of Carousel's POM (scripts/carousel has them all)";
  }

  private static boolean has(ClassLoader loader, String name) {
    return loader.getResource(name.replace('.', '/') + ".class") != null;
  }
}
