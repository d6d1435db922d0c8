package io.carousel.serve.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections and their patience. A connection either waits for a request or serves one.
 * While it waits, its headers must come in time, however slowly a sender drips; and when too many
 * are open, those that have waited longest make room, so that idle connections in any number keep
 * nobody out.
 */
final class ConnectionWatch implements Connection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);

  private final int limit;
  private final long headerNanos;
  private final long keepAliveNanos;
  private final Map<Connection, Wait> waiting = new LinkedHashMap<>(); // longest wait first
  private final Set<Connection> serving = new HashSet<>();

  /** Since when, and with how many bytes in. */
  private static final class Wait {
    private final long since;
    private final long bytesBefore;
    private final long patienceNanos;
    private boolean begun;
    private long begunAt;

    Wait(long since, long bytesBefore, long patienceNanos) {
      this.since = since;
      this.bytesBefore = bytesBefore;
      this.patienceNanos = patienceNanos;
    }

    boolean isOver(long now, long bytes, long headerNanos) {
      if (!begun && bytes > bytesBefore) {
        begun = true;
        begunAt = now;
      }
      return begun ? now - begunAt > headerNanos : now - since > patienceNanos;
    }
  }

  ConnectionWatch(HttpLimits limits) {
    limit = limits.connections();
    headerNanos = limits.headerTime().toNanos();
    keepAliveNanos = limits.keepAlive().toNanos();
  }

  /** How often {@link #sweep} is due. */
  static Duration interval(HttpLimits limits) {
    long shortest =
        Stream.of(limits.headerTime(), limits.bodyTime(), limits.sendTime(), limits.keepAlive())
            .mapToLong(Duration::toMillis)
            .min()
            .getAsLong();
    return Duration.ofMillis(Math.max(20, Math.min(1_000, shortest / 4)));
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof SslConnection) {
      return; // the HTTP connection above it is watched
    }
    Connection oldest = null;
    synchronized (this) {
      if (waiting.size() + serving.size() >= limit) {
        Iterator<Connection> first = waiting.keySet().iterator();
        oldest = first.hasNext() ? first.next() : connection;
        waiting.remove(oldest);
      }
      if (oldest != connection) {
        waiting.put(connection, new Wait(System.nanoTime(), 0, headerNanos));
      }
    }
    if (oldest != null) {
      oldest.getEndPoint().close();
    }
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    waiting.remove(connection);
    serving.remove(connection);
  }

  /** The headers of a request have come. */
  synchronized void served(Connection connection) {
    if (waiting.remove(connection) != null) {
      serving.add(connection);
    }
  }

  /** The answer has been sent. */
  synchronized void answered(Connection connection) {
    if (serving.remove(connection)) {
      waiting.put(connection, new Wait(System.nanoTime(), connection.getBytesIn(), keepAliveNanos));
    }
  }

  /** Connections that are open. */
  synchronized int count() {
    return waiting.size() + serving.size();
  }

  /** Closes the connections whose time is over. */
  void sweep() {
    List<Connection> over = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      waiting.forEach(
          (connection, wait) -> {
            if (wait.isOver(now, connection.getBytesIn(), headerNanos)) {
              over.add(connection);
            }
          });
      over.forEach(waiting::remove);
    }
    for (Connection connection : over) {
      try {
        connection.getEndPoint().close();
      } catch (Throwable e) { // the others' time is over too
        LOG.error("a connection could not be closed", e);
      }
    }
  }
}
