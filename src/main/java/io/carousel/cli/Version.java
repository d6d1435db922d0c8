package io.carousel.cli;

import picocli.CommandLine.IVersionProvider;

/** The versions of Carousel, the JDK and the system. */
final class Version implements IVersionProvider {
  Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {"Carousel " + carousel(), "JDK " + jdk(), system()};
  }

  /** The version in the jar's manifest. */
  static String carousel() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not run from its jar)" : version;
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
