package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BenchProgressTest {
  private final StringWriter err = new StringWriter();
  private final AtomicLong now = new AtomicLong();

  private BenchProgress progress(boolean terminal) {
    return new BenchProgress(new PrintWriter(err), terminal, now::get, 4);
  }

  @Test
  void offATerminalEachWorkloadHasALine() {
    try (BenchProgress progress = progress(false)) {
      progress.started("train-S");
      now.set(5_000_000_000L);
      progress.turnEnded(5, 10);
      progress.ended("train-S 13.50 ms");
      now.set(20_000_000_000L);
      progress.started("train-M");
      progress.ended("train-M 420.1 ms");
    }
    assertEquals(
        """
        1/4  train-S 13.50 ms  about 15 s left
        2/4  train-M 420.1 ms  about 20 s left
        """,
        err.toString());
  }

  @Test
  void onATerminalOneLineIsWrittenOver() {
    try (BenchProgress progress = progress(true)) {
      progress.started("train-S");
      now.set(5_000_000_000L);
      progress.turnEnded(5, 10);
      progress.ended("train-S 13.50 ms");
      assertEquals("\r1/4 train-S  turn 5/10  about 35 s left", err.toString().stripTrailing());
      progress.started("a-workload-whose-name-does-not-fit-into-any-terminal-".repeat(3));
      progress.turnEnded(10, 10);
    }
    String[] written = err.toString().split("\r", -1);
    for (String line : written) {
      assertTrue(line.length() <= 79, line);
    }
    assertEquals("", written[written.length - 1]);
    assertTrue(written[written.length - 2].isBlank(), "the line is cleared at the end");
  }
}
