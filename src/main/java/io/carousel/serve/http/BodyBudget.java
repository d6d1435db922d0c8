package io.carousel.serve.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all bodies together may take. */
final class BodyBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  BodyBudget(long limit) {
    this.limit = limit;
  }

  /** One body's part of the budget. Any thread may close it, also while another takes more. */
  final class Share implements AutoCloseable {
    private long taken;
    private boolean closed;

    /**
     * Books bytes; none once it is closed.
     *
     * @throws HttpProblem 503 when there are none left
     */
    synchronized void take(int bytes) {
      if (closed) {
        return;
      }
      if (used.addAndGet(bytes) > limit) {
        used.addAndGet(-bytes);
        throw new HttpProblem(
                503, "the bodies of all requests take " + limit + " bytes, which is the limit")
            .retryAfter(1);
      }
      taken += bytes;
    }

    /** Gives back what was taken. */
    @Override
    public synchronized void close() {
      closed = true;
      used.addAndGet(-taken);
      taken = 0;
    }
  }

  Share open() {
    return new Share();
  }

  long used() {
    return used.get();
  }
}
