package io.carousel.cli;

import io.carousel.train.Provenance;
import picocli.CommandLine.IVersionProvider;

/** The versions of Carousel, the JDK and the system. */
final class Version implements IVersionProvider {
  Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {"Carousel " + Provenance.carouselVersion(), "JDK " + jdk(), system()};
  }

  static String jdk() {
    return "%s (%s)"
        .formatted(System.getProperty("java.version"), System.getProperty("java.vendor"));
  }

  static String system() {
    return "%s %s (%s)"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }
}
