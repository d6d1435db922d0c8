package io.carousel.serve.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must end within a time, and is ended when it has not. */
final class Deadlines {
  private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

  private final Map<Runnable, Long> ends = new ConcurrentHashMap<>();
  private final long nanos;

  Deadlines(Duration time) {
    nanos = time.toNanos();
  }

  /** {@code late} runs when it has not been {@link #met} in time. */
  void begin(Runnable late) {
    ends.put(late, System.nanoTime() + nanos);
  }

  void met(Runnable late) {
    ends.remove(late);
  }

  /** Ends what is late, each though another one's end fails. */
  void sweep() {
    long now = System.nanoTime();
    ends.forEach(
        (late, end) -> {
          if (now - end > 0 && ends.remove(late) != null) {
            try {
              late.run();
            } catch (Throwable e) {
              LOG.error("what was late could not be ended", e);
            }
          }
        });
  }
}
