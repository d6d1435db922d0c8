package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.ForkedJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {
  @Test
  void startsTheCommand(@TempDir Path folder) throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(folder, Map.of(), List.of(), List.of(), Start.class, "summary");
    assertEquals(2, outcome.exitValue(), outcome.errors());
  }

  @Test
  void namesTheLibrariesThatAreNotThere() {
    assertEquals("", Start.missing(Start.class.getClassLoader()));
    assertEquals(
        "carousel: the command line needs libraries that are not on the class path:"
            + " info.picocli:picocli, me.tongfei:progressbar, in the versions of Carousel's POM"
            + " (scripts/carousel has them all)",
        Start.missing(ClassLoader.getPlatformClassLoader()));
  }
}
