package io.carousel.device;

import java.util.List;

/** Closes several things although one of them may fail. */
public final class CloseAll {
  private CloseAll() {}

  /**
   * Closes all, the last one first, then throws the first failure with the others suppressed.
   *
   * @param things whose close throws unchecked exceptions only
   */
  public static void inReverse(List<? extends AutoCloseable> things) {
    RuntimeException failure = null;
    for (int i = things.size() - 1; i >= 0; i--) {
      try {
        things.get(i).close();
      } catch (Exception e) {
        RuntimeException unchecked =
            e instanceof RuntimeException r ? r : new IllegalStateException(e);
        if (failure == null) {
          failure = unchecked;
        } else {
          failure.addSuppressed(unchecked);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The same on the way out of a failure, to which failures to close are added. */
  public static void after(Throwable failure, List<? extends AutoCloseable> things) {
    try {
      inReverse(things);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
