package io.carousel.cli.bench;

import io.carousel.serve.SessionPool;
import java.util.concurrent.CompletableFuture;

/** A session that sends its next step as soon as the last one is answered. */
final class Client {
  private final SessionPool pool;
  private final String id;
  private final float[] features;
  private final StepTimes times;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  Client(SessionPool pool, String id, float[] features, StepTimes times) {
    this.pool = pool;
    this.id = id;
    this.features = features;
    this.times = times;
  }

  /** Sends a step; the answer sends the next one, from the pool's thread. */
  void send() {
    long before = System.nanoTime();
    CompletableFuture<float[]> answer = pool.step(id, features);
    CompletableFuture<Void> after =
        answer.handle(
            (outputs, failure) -> {
              long now = System.nanoTime();
              if (failure != null) {
                done.completeExceptionally(failure);
                return null;
              }
              times.add(before, now);
              if (times.isOpen(now)) {
                send();
              } else {
                done.complete(null);
              }
              return null;
            });
    if (after.isCompletedExceptionally()) {
      done.completeExceptionally(new IllegalStateException("a step could not be sent"));
    }
  }

  /** Waits until no more steps are wanted. */
  void join() {
    done.join();
  }
}
