package io.carousel.cli;

import io.carousel.train.TrainingListener;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how training gets on: epoch, loss, samples per second, time left. */
interface ConsoleProgress extends TrainingListener, AutoCloseable {
  /** A bar where a person watches a terminal, else plain lines. */
  static ConsoleProgress on(PrintWriter err, boolean plain) {
    return !plain && isTerminal() ? new BarProgress() : new LineProgress(err, System::nanoTime);
  }

  /** Ends the display; may be called again. */
  @Override
  void close();

  /** Whether a person watches. */
  @SuppressWarnings("SystemConsoleNull") // what is not null is asked further
  static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      // since JDK 22 there is a console without a terminal, too
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** {@code 1,234 samples/s}. */
  static String speed(double samplesPerSecond) {
    return String.format(Locale.ROOT, "%,.0f samples/s", samplesPerSecond);
  }
}
