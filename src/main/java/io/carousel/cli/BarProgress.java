package io.carousel.cli;

import io.carousel.train.TrainingResult;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar over all epochs on standard error. */
final class BarProgress implements ConsoleProgress {
  private static final int MILLISECONDS_BETWEEN_UPDATES = 200;
  private static final int WIDEST_BAR = 40;

  private int epochs;
  private long steps;
  private long stepsMade;
  private long samplesSeen;
  private long startNanos;
  private @Nullable ProgressBar bar;

  /** Read by the thread that draws. */
  private volatile String place = "";

  private volatile String numbers = "";

  @Override
  public void started(int epochCount, int stepsPerEpoch, long stepsDone) {
    epochs = epochCount;
    steps = (long) epochCount * stepsPerEpoch - stepsDone;
    startNanos = System.nanoTime();
    bar =
        new ProgressBarBuilder()
            .setInitialMax(stepsDone + steps)
            .startsFrom(stepsDone, Duration.ZERO)
            .setRenderer(
                (state, width) -> line(place, state.getNormalizedProgress(), numbers, width))
            .setUpdateIntervalMillis(MILLISECONDS_BETWEEN_UPDATES)
            // the default consumer opens a JLine terminal, which takes Ctrl-C away from Java
            .setConsumer(new ConsoleProgressBarConsumer(System.err, width()))
            .build();
  }

  /** Columns of the terminal where the shell tells, else what fits any. */
  private static int width() {
    try {
      return Math.max(20, Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "80")) - 1);
    } catch (NumberFormatException e) {
      return 79;
    }
  }

  @Override
  public void stepped(int epoch, int stepInEpoch, double loss, int samples) {
    if (bar == null) {
      return;
    }
    stepsMade++;
    samplesSeen += samples;
    double seconds = Math.max(1e-9, (System.nanoTime() - startNanos) * 1e-9);
    long left = Math.round(seconds / stepsMade * (steps - stepsMade));
    place = "epoch %d/%d".formatted(epoch, epochs);
    numbers =
        String.format(
            Locale.ROOT,
            "loss %.4f  %s  %d:%02d left",
            loss,
            ConsoleProgress.speed(samplesSeen / seconds),
            left / 60,
            left % 60);
    bar.step();
  }

  /** {@code epoch 3/15 [==== ] 40% loss 0.3803 2,013 samples/s 0:02 left}. */
  static String line(String place, double done, String numbers, int width) {
    String begin = place + " [";
    String end = String.format(Locale.ROOT, "] %3.0f%%  %s", 100 * done, numbers);
    int cells = Math.min(WIDEST_BAR, width - begin.length() - end.length());
    if (cells < 1) {
      String words = place + end.substring(1);
      return words.substring(0, Math.min(Math.max(0, width), words.length()));
    }
    int full = (int) (done * cells);
    return begin + "=".repeat(full) + " ".repeat(cells - full) + end;
  }

  @Override
  public void ended(TrainingResult result) {
    close();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
