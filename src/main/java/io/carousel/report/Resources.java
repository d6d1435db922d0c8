package io.carousel.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The texts that a report carries: our style and script, and uPlot out of its published webjar. */
final class Resources {
  private static final String MAVEN = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private Resources() {}

  /** A file beside this class. */
  static String own(String name) {
    return read("io/carousel/report/" + name);
  }

  /** A file of the uPlot webjar, such as {@code LICENSE}. */
  static String uPlot(String name) {
    return read("META-INF/resources/webjars/uplot/" + uPlotVersion() + "/" + name);
  }

  /** The version of the uPlot webjar on the class path. */
  static String uPlotVersion() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(read(MAVEN)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "without version");
  }

  // HTML parsers turn CR LF into LF before they hash: the text must hold LF already
  private static String read(String path) {
    // by the class loader: uPlot is in a jar of its own, which a named module does not look into
    try (InputStream in = Resources.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(
            "no " + path + " on the class path: is the webjar org.webjars.npm:uplot there?");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
