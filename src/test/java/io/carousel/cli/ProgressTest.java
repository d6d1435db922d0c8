package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.train.EpochMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter err = new StringWriter();

  @Test
  void aLineTellsEpochLossSpeedAndTimeLeft() {
    LineProgress progress = new LineProgress(new PrintWriter(err), () -> 0);
    progress.started(4, 10, 0);
    progress.stepped(1, 1, 0.5, 64);
    progress.epochEnded(new EpochMetrics(1, 10, 0.25, 0.5, 1, 0.01, 3, 12345.6));
    progress.epochEnded(new EpochMetrics(2, 20, 0.125, Double.NaN, 1, 0.01, 5, 12345.6));
    assertEquals(
        """
        epoch 1/4  loss 0.25000  validation 0.50000  12,346 samples/s  3.0 s  at most 9 s left
        epoch 2/4  loss 0.12500  12,346 samples/s  5.0 s  at most 8 s left
        """,
        err.toString());
  }

  @Test
  void longEpochsTellTheirSteps() {
    AtomicLong now = new AtomicLong();
    LineProgress progress = new LineProgress(new PrintWriter(err), now::get);
    progress.started(4, 10, 23);
    for (int step = 4; step <= 7; step++) {
      now.addAndGet(6_000_000_000L);
      progress.stepped(3, step, 0.5, 64);
    }
    assertEquals(
        """
        going on after step 23 of 40
        epoch 3/4  step 5/10  loss 0.50000
        epoch 3/4  step 7/10  loss 0.50000
        """,
        err.toString());
  }

  @Test
  void theBarFitsIntoAnyTerminal() {
    String numbers = "loss 0.3803  12,013 samples/s  0:02 left";
    assertEquals(
        "epoch 12/15 [" + "=".repeat(9) + " ".repeat(10) + "]  50%  " + numbers,
        BarProgress.line("epoch 12/15", 0.5, numbers, 80));
    for (int width = 0; width < 200; width++) {
      String line = BarProgress.line("epoch 12/15", 0.5, numbers, width);
      assertTrue(line.length() <= width, width + ": " + line);
      assertTrue(width < 40 || line.contains(" 50%  loss 0.3"), line);
    }
  }
}
