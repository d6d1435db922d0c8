package io.carousel.serve.http;

import java.time.Duration;

/**
 * Counts the requests from their headers to the end of their answers, bounds how many are answered
 * at once, and refuses new ones while the server drains.
 */
final class Admission {
  private final int maxRequests;
  private final int maxStreams;
  private int underWay;
  private int answering;
  private int streams;
  private boolean draining;

  Admission(HttpLimits limits) {
    maxRequests = limits.requests();
    maxStreams = limits.eventStreams();
  }

  /** One request's place; {@link #close} gives it back. */
  final class Ticket implements AutoCloseable {
    private boolean answers;
    private boolean streams;
    private boolean closed;

    /** Takes one of the places of requests that are answered at once. */
    void answer() {
      synchronized (Admission.this) {
        if (answering == maxRequests) {
          throw busy("%d requests are being answered, which is the limit".formatted(maxRequests));
        }
        answering++;
        answers = true;
      }
    }

    /** Changes the place for one of the event streams'. */
    void stream() {
      synchronized (Admission.this) {
        if (Admission.this.streams == maxStreams) {
          throw busy("%d event streams are open, which is the limit".formatted(maxStreams));
        }
        Admission.this.streams++;
        streams = true;
        leaveAnswering();
      }
    }

    private void leaveAnswering() {
      if (answers) {
        answers = false;
        answering--;
      }
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!closed) {
          closed = true;
          leaveAnswering();
          if (streams) {
            Admission.this.streams--;
          }
          underWay--;
          Admission.this.notifyAll();
        }
      }
    }
  }

  /**
   * Admits a request whose headers have come.
   *
   * @param always whether it is admitted while the server drains, too
   */
  synchronized Ticket enter(boolean always) {
    if (draining && !always) {
      throw stopping();
    }
    underWay++;
    return new Ticket();
  }

  /** What new requests are told from {@link #drain} on. */
  static HttpProblem stopping() {
    return busy("the server is stopping");
  }

  private static HttpProblem busy(String why) {
    return new HttpProblem(503, why + "; try again later").retryAfter(1);
  }

  /** Refuses requests from now on. */
  synchronized void drain() {
    draining = true;
    notifyAll();
  }

  /** Whether requests are refused. */
  synchronized boolean isDraining() {
    return draining;
  }

  /** Requests that have not been answered to the end. */
  synchronized int underWay() {
    return underWay;
  }

  /** Event streams that are open. */
  synchronized int openStreams() {
    return streams;
  }

  /** Waits until no request is under way; false when some still are after that time. */
  synchronized boolean awaitNone(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (underWay > 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }
}
