package io.carousel.device;

import java.util.List;

/** Closes several things although one of them may fail. */
public final class CloseAll {
  private CloseAll() {}

  /**
   * Closes all, the last one first, also after an error, then throws the first failure with the
   * others suppressed.
   *
   * @param things whose close throws unchecked exceptions only
   */
  public static void inReverse(List<? extends AutoCloseable> things) {
    Throwable failure = null;
    for (int i = things.size() - 1; i >= 0; i--) {
      try {
        things.get(i).close();
      } catch (Throwable e) {
        if (failure == null) {
          failure = e;
        } else {
          suppress(failure, e);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
  }

  /** The same on the way out of a failure, to which failures to close are added. */
  public static void after(Throwable failure, List<? extends AutoCloseable> things) {
    try {
      inReverse(things);
    } catch (RuntimeException | Error e) {
      suppress(failure, e);
    }
  }

  /**
   * The same before going on in spite of a failure, which is thrown after all where closing fails
   * too.
   */
  public static void orThrow(RuntimeException failure, List<? extends AutoCloseable> things) {
    try {
      inReverse(things);
    } catch (RuntimeException | Error e) {
      suppress(failure, e);
      throw failure;
    }
  }

  private static void suppress(Throwable failure, Throwable other) {
    if (other != failure) { // which may not suppress itself
      failure.addSuppressed(other);
    }
  }
}
