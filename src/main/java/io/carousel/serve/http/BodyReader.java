package io.carousel.serve.http;

import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Receives a body as it comes, so that a slow sender holds no thread. */
final class BodyReader implements Runnable {
  private final Request request;
  private final int limit;
  private final BodyBudget.Share share;
  private final Deadlines deadlines;
  private final Consumer<byte[]> received;
  private final Consumer<Throwable> failed;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Runnable late;
  private byte[] bytes = new byte[0];
  private int length;

  /**
   * A reader that has not begun.
   *
   * @param received takes the body
   * @param failed takes a {@link HttpProblem} or what became of the connection
   */
  BodyReader(
      Request request,
      HttpLimits limits,
      BodyBudget budget,
      Deadlines deadlines,
      Consumer<byte[]> received,
      Consumer<Throwable> failed) {
    this.request = request;
    this.limit = limits.bodyBytes();
    this.share = budget.open();
    this.deadlines = deadlines;
    this.received = received;
    this.failed = failed;
    this.late = () -> fail(late("within %d s".formatted(limits.bodyTime().toSeconds())));
  }

  private static HttpProblem late(String limit) {
    return new HttpProblem(408, "the request's body did not come " + limit);
  }

  /** Begins to read; a body that says it is too long is not read at all. */
  void start() {
    if (request.getLength() > limit) {
      throw tooLong();
    }
    deadlines.begin(late);
    run();
  }

  /** Reads what is there. */
  @Override
  public void run() {
    try {
      while (!ended.get()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          Throwable failure = chunk.getFailure();
          fail(
              failure instanceof TimeoutException
                  ? late("to its end: nothing more was sent")
                  : failure);
          return;
        }
        boolean last = chunk.isLast();
        try {
          append(chunk);
        } finally {
          chunk.release();
        }
        if (last) {
          if (ended.compareAndSet(false, true)) {
            deadlines.met(late);
            received.accept(bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
          }
          return;
        }
      }
    } catch (HttpProblem e) {
      fail(e);
    }
  }

  private void append(Content.Chunk chunk) {
    int more = chunk.remaining();
    if (more > limit - length) {
      throw tooLong();
    }
    share.take(more);
    if (more > bytes.length - length) {
      long known = request.getLength();
      long wanted = Math.max(length + more, Math.min(2L * bytes.length, limit));
      bytes = Arrays.copyOf(bytes, (int) (known < 0 ? wanted : Math.min(wanted, known)));
    }
    chunk.getByteBuffer().get(bytes, length, more);
    length += more;
  }

  private HttpProblem tooLong() {
    return new HttpProblem(413, "the request's body is longer than " + limit + " bytes");
  }

  private void fail(Throwable why) {
    if (ended.compareAndSet(false, true)) {
      deadlines.met(late);
      failed.accept(why);
    }
  }

  /** Gives back what the body took of the budget; once, when the request has ended. */
  void release() {
    share.close();
  }
}
