package io.carousel.cli;

import io.carousel.train.EpochMetrics;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One line per epoch, and one in ten seconds within long epochs: for logs and pipes. */
final class LineProgress implements ConsoleProgress {
  private static final double SECONDS_BETWEEN_LINES = 10;

  private final PrintWriter err;
  private final LongSupplier nanoTime;
  private int epochs;
  private int stepsPerEpoch;
  private int epochsEnded;
  private double epochSeconds;
  private long lastLine;

  /**
   * Prints lines.
   *
   * @param err where
   * @param nanoTime the clock
   */
  LineProgress(PrintWriter err, LongSupplier nanoTime) {
    this.err = err;
    this.nanoTime = nanoTime;
  }

  @Override
  public void started(int epochCount, int steps, long stepsDone) {
    epochs = epochCount;
    stepsPerEpoch = steps;
    lastLine = nanoTime.getAsLong();
    if (stepsDone > 0) {
      print("going on after step %d of %d", stepsDone, (long) epochs * stepsPerEpoch);
    }
  }

  @Override
  public void stepped(int epoch, int stepInEpoch, double loss, int samples) {
    long now = nanoTime.getAsLong();
    if ((now - lastLine) * 1e-9 >= SECONDS_BETWEEN_LINES) {
      print("epoch %d/%d  step %d/%d  loss %.5f", epoch, epochs, stepInEpoch, stepsPerEpoch, loss);
      lastLine = now;
    }
  }

  @Override
  public void epochEnded(EpochMetrics metrics) {
    epochsEnded++;
    epochSeconds += metrics.seconds();
    String validation =
        Double.isNaN(metrics.validationLoss())
            ? ""
            : String.format(Locale.ROOT, "  validation %.5f", metrics.validationLoss());
    print(
        "epoch %d/%d  loss %.5f%s  %s  %.1f s  at most %.0f s left",
        metrics.epoch(),
        epochs,
        metrics.trainLoss(),
        validation,
        ConsoleProgress.speed(metrics.samplesPerSecond()),
        metrics.seconds(),
        epochSeconds / epochsEnded * (epochs - metrics.epoch()));
    lastLine = nanoTime.getAsLong();
  }

  private void print(String format, Object... values) {
    err.printf(Locale.ROOT, format + "%n", values);
    err.flush();
  }

  @Override
  public void close() {
    err.flush();
  }
}
