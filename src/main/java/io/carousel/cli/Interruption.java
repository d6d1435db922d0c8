package io.carousel.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C (or the end of the session) into a request to stop, and holds the process until the
 * work that was asked to stop has ended.
 */
final class Interruption implements AutoCloseable {
  private final PrintWriter err;
  private final String words;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "interruption");
  private volatile @Nullable Runnable stop;

  Interruption(PrintWriter err) {
    this(err, "stopping after this step ...");
  }

  /** The same with other words for what happens until the end. */
  Interruption(PrintWriter err, String words) {
    this.err = err;
    this.words = words;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Says what to call; before that, Ctrl-C ends the process at once. */
  void use(Runnable request) {
    stop = request;
  }

  private void interrupted() {
    Runnable request = stop;
    if (request == null) {
      return;
    }
    err.println();
    err.println(words);
    err.flush();
    request.run();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending already, by way of the hook
    }
  }
}
