package io.carousel.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first example runs as it stands there, and forecasts well. */
class ForecastWaveTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/carousel/examples/ForecastWave.java");

  @Test
  void forecastsFiveSamplesAhead(@TempDir Path folder) throws Exception {
    String output = ForkedJvm.run(folder, ForecastWave.class);
    Matcher loss = Pattern.compile("best loss ([0-9.]+)").matcher(output);
    assertTrue(loss.find(), output);
    assertTrue(Double.parseDouble(loss.group(1)) < 0.01, output);
    Matcher ahead = Pattern.compile("last one: (-?[0-9.]+)").matcher(output);
    assertTrue(ahead.find(), output);
    int t = 2400 + 59 + 5;
    assertEquals(
        Math.sin(t / 9.0) * Math.sin(t / 70.0), Double.parseDouble(ahead.group(1)), 0.15, output);
  }

  @Test
  void readmeShowsThisFile() throws Exception {
    String source = Files.readString(SOURCE);
    assertTrue(source.lines().count() <= 30);
    assertTrue(Files.readString(Path.of("README.md")).contains(source), "README differs from it");
  }
}
