package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseAllTest {
  private final List<Integer> closed = new ArrayList<>();
  private final Error error = new LinkageError("a library is gone");
  private final RuntimeException exception = new IllegalStateException("second");

  private List<AutoCloseable> things(Throwable... failures) {
    List<AutoCloseable> things = new ArrayList<>();
    for (int i = 0; i < failures.length; i++) {
      Throwable failure = failures[i];
      int number = i;
      things.add(
          () -> {
            closed.add(number);
            if (failure instanceof Error e) {
              throw e;
            }
            throw (Exception) failure;
          });
    }
    return things;
  }

  @Test
  void theRestIsClosedAfterAnError() {
    Error thrown =
        assertThrows(
            Error.class, () -> CloseAll.inReverse(things(error, exception, exception, error)));
    assertSame(error, thrown);
    assertEquals(List.of(3, 2, 1, 0), closed);
    assertArrayEquals(new Throwable[] {exception, exception}, thrown.getSuppressed());
  }

  @Test
  void aFailureOnTheWayKeepsTheErrorsOfClosing() {
    RuntimeException failure = new IllegalArgumentException("first");
    CloseAll.after(failure, things(exception, error));
    assertEquals(List.of(1, 0), closed);
    assertArrayEquals(new Throwable[] {error}, failure.getSuppressed());
    assertArrayEquals(new Throwable[] {exception}, error.getSuppressed());
  }
}
