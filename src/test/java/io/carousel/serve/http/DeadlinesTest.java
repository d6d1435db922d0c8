package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is late is ended, though ending something else fails. */
class DeadlinesTest {
  @Test
  void aFailureKeepsNothingElseFromItsEnd() {
    AtomicInteger ended = new AtomicInteger();
    Deadlines deadlines = new Deadlines(Duration.ZERO);
    Runnable met = ended::incrementAndGet;
    deadlines.begin(met);
    deadlines.met(met);
    for (int i = 0; i < 20; i++) {
      Throwable failure =
          i % 2 == 0 ? new StackOverflowError("test") : new RuntimeException("test");
      deadlines.begin(() -> fail(ended, failure));
    }
    while (ended.get() < 20) { // until the clock has moved
      deadlines.sweep();
    }
    deadlines.sweep();
    assertEquals(20, ended.get());
  }

  private static void fail(AtomicInteger ended, Throwable failure) {
    ended.incrementAndGet();
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
