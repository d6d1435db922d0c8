package io.carousel.serve.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all bodies together may take. */
final class BodyBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  BodyBudget(long limit) {
    this.limit = limit;
  }

  /**
   * Books bytes.
   *
   * @throws HttpProblem 503 when there are none left
   */
  void take(int bytes) {
    if (used.addAndGet(bytes) > limit) {
      used.addAndGet(-bytes);
      throw new HttpProblem(
              503, "the bodies of all requests take " + limit + " bytes, which is the limit")
          .retryAfter(1);
    }
  }

  void giveBack(int bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
