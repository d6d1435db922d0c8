package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that stops answers what it has taken on, and leaves no connection open. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StopTest {
  private static final int ROUNDS = 15;
  private static final int CLIENTS = 24;
  private static final String STOPPING = "{\"error\":\"the server is stopping; try again later\"}";

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }

  private static void text(Exchange exchange, String text) throws IOException {
    exchange.respond(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    assertTrue(answer.contains("\r\nRetry-After: 1\r\n"), answer);
    assertTrue(answer.endsWith(STOPPING), answer);
  }

  @Test
  void theStopFinishesWhatIsUnderWayAndRefusesTheRest() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Endpoint slow =
        exchange -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          text(exchange, "done");
        };
    try (InferenceServer server = InferenceServer.builder().endpoint("/slow", slow).start();
        RawClient client = new RawClient(server.port())) {
      client.send(get("/slow"));
      begun.await();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      int port = server.port();
      String late = RawClient.exchange(port, get("/v2"));
      while (!late.contains(" 503 ")) {
        Thread.sleep(5);
        late = RawClient.exchange(port, get("/v2"));
      }
      assertRefused(late);
      assertRefused(RawClient.exchange(port, "is this HTTP?\r\n\r\n"));
      assertTrue(RawClient.exchange(port, get("/v2/health/ready")).startsWith("HTTP/1.1 503 "));
      assertTrue(RawClient.exchange(port, get("/v2/health/live")).startsWith("HTTP/1.1 200 "));
      assertFalse(closing.isDone());
      go.countDown();
      assertTrue(client.readAll().endsWith("\r\n\r\ndone"));
      closing.get();
      assertThrows(ConnectException.class, () -> RawClient.exchange(port, get("/v2")));
    }
  }

  /** However the stop meets them: refused, in the queue, being registered, read, answered. */
  @Test
  void noConnectionOutlivesTheServer() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        stopUnderLoad(threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void stopUnderLoad(ExecutorService threads) throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    Endpoint work =
        exchange -> {
          accepted.incrementAndGet();
          text(exchange, "done");
        };
    List<Future<?>> clients = new ArrayList<>();
    try (InferenceServer server = InferenceServer.builder().endpoint("/work", work).start()) {
      int port = server.port();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () -> {
                  askUntilTheEnd(port, answered);
                  return null;
                }));
      }
      while (answered.get() < 4 * CLIENTS) {
        Thread.sleep(1);
      }
    }
    for (Future<?> client : clients) {
      client.get();
    }
    assertEquals(accepted.get(), answered.get());
  }

  private static void askUntilTheEnd(int port, AtomicInteger answered) throws IOException {
    while (true) {
      String answer;
      try {
        answer = RawClient.exchange(port, get("/work")); // throws when it waits in vain
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        continue; // reset before anything was sent
      }
      if (answer.endsWith("\r\n\r\ndone")) {
        answered.incrementAndGet();
      } else if (!answer.isEmpty()) {
        assertRefused(answer);
      }
    }
  }

  @Test
  void anInterruptedThreadClosesEverything() throws Exception {
    InferenceServer server = InferenceServer.builder().start();
    try (server;
        RawClient client = new RawClient(server.port())) {
      client.send("GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n").readUntil("]}");
      Thread.currentThread().interrupt();
      server.close();
      assertTrue(Thread.interrupted());
      assertTrue(client.isClosed());
    }
  }
}
