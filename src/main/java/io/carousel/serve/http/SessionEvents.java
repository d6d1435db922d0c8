package io.carousel.serve.http;

import io.carousel.serve.SessionPool;
import io.carousel.serve.protocol.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hands every result of a session to those who listen to it, in the order of its steps. */
final class SessionEvents {
  private static final int MOST_RESULTS = 1_024;
  private static final int MOST_NUMBERS = 262_144; // a MiB
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();

  /** What waits for one client; one that falls behind is cut off rather than left with gaps. */
  private static final class Listener {
    private final Queue<Tensor> results = new ArrayDeque<>();
    private int numbers;
    private boolean behind;

    /** Keeps a result, one of any length if it is alone; nothing more after one that is lost. */
    synchronized void offer(Tensor result) {
      long together = (long) numbers + result.floats().length;
      int waiting = results.size();
      behind |= waiting == MOST_RESULTS || (waiting > 0 && together > MOST_NUMBERS);
      if (!behind) {
        results.add(result);
        numbers += result.floats().length;
        notifyAll();
      }
    }

    /** The next result, for which it waits a little; null when none comes. */
    synchronized @Nullable Tensor poll() throws InterruptedException {
      long end = System.nanoTime() + LOOK_NANOS;
      for (long left = LOOK_NANOS; results.isEmpty() && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      Tensor result = results.poll();
      if (result != null) {
        numbers -= result.floats().length;
      }
      return result;
    }

    synchronized boolean isBehind() {
      return behind;
    }
  }

  /** A session has got on. Returns at once. */
  void publish(String session, Tensor result) {
    listeners.getOrDefault(session, List.of()).forEach(listener -> listener.offer(result));
  }

  /** Sends results until the client leaves, the session is closed or the server stops. */
  void stream(ServedName model, SessionPool pool, String session, Exchange exchange)
      throws IOException {
    Listener listener = new Listener();
    listeners.compute(
        session,
        (id, all) -> {
          List<Listener> list = all == null ? new CopyOnWriteArrayList<>() : all;
          list.add(listener);
          return list;
        });
    try (EventStream events = exchange.events()) {
      events.send("open", "{\"session\":\"" + session + "\"}");
      long heard = System.nanoTime();
      while (true) {
        boolean behind = listener.isBehind(); // asked first: what came before is sent before
        boolean over = pool.isOver(session);
        Tensor result = listener.poll();
        if (!events.isOpen()) {
          return; // the stream says why
        } else if (result != null) {
          events.send("result", json(model, session, result));
          heard = System.nanoTime();
        } else if (behind) {
          events.end("error", "{\"error\":\"results came faster than they were taken\"}");
          return;
        } else if (over) {
          events.end("closed", "{}");
          return;
        } else if (System.nanoTime() - heard > HEARTBEAT_NANOS) {
          events.heartbeat();
          heard = System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listeners.computeIfPresent(
          session,
          (id, all) -> {
            all.remove(listener);
            return all.isEmpty() ? null : all;
          });
    }
  }

  private static String json(ServedName model, String session, Tensor result) {
    try {
      return new String(SessionRoutes.answer(model, session, result), StandardCharsets.UTF_8);
    } catch (HttpProblem e) {
      return new String(Answer.error(e.line()), StandardCharsets.UTF_8);
    }
  }
}
