package io.carousel.serve.http;

import io.carousel.serve.SessionPool;
import io.carousel.serve.protocol.AnswerWriter;
import io.carousel.serve.protocol.ProtocolException;
import io.carousel.serve.protocol.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Hands every result of a session to those who listen to it, in the order of its steps. */
final class SessionEvents {
  private static final int MOST_WAITING = 1_024;
  private static final long LOOK_MILLIS = 500;
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();

  /** What waits for one client; one that falls behind is cut off rather than left with gaps. */
  private static final class Listener {
    private final BlockingQueue<Tensor> results = new LinkedBlockingQueue<>(MOST_WAITING);
    private volatile boolean behind;

    void take(Tensor result) {
      behind |= !results.offer(result);
    }
  }

  /** A session has got on. Returns at once. */
  void publish(String session, Tensor result) {
    listeners.getOrDefault(session, List.of()).forEach(listener -> listener.take(result));
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
      while (events.isOpen()) {
        Tensor result = listener.results.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (result != null) {
          events.send("result", json(model, session, result));
          heard = System.nanoTime();
        } else if (listener.behind) {
          events.send("error", "{\"error\":\"results came faster than they were taken\"}");
          return;
        } else if (!pool.isOpen(session)) {
          events.send("closed", "{}");
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
      byte[] json = AnswerWriter.write(model.name(), model.version(), session, result);
      return new String(json, StandardCharsets.UTF_8);
    } catch (ProtocolException e) {
      return new String(Answer.error(String.valueOf(e.getMessage())), StandardCharsets.UTF_8);
    }
  }
}
