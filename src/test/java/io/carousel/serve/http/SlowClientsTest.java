package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send or take slowly, or only connect, cost neither threads nor other clients. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SlowClientsTest {
  private static final int CONNECTIONS = Integer.getInteger("carousel.http.connections", 600);
  private static final String GET = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n";
  private static final String POST = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";

  private static InferenceServer start(HttpLimits limits) throws IOException {
    return InferenceServer.builder()
        .limits(limits)
        .endpoint("/echo", e -> e.respond(200, "text/plain", e.body()))
        .start();
  }

  private static void requireAlive(InferenceServer server) throws IOException {
    String answer = RawClient.exchange(server.port(), GET + "Connection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  private static void awaitMetric(InferenceServer server, String line) throws Exception {
    String get = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    while (!RawClient.exchange(server.port(), get).contains(line)) {
      Thread.sleep(20);
    }
  }

  /** Sends a byte now and then, for ever or until the server has had enough. */
  private static void drip(RawClient client) throws InterruptedException {
    try {
      while (true) {
        client.send("a");
        Thread.sleep(20);
      }
    } catch (IOException e) {
      // closed by the server
    }
  }

  @Test
  void headersThatDripAreCutOff() throws Exception {
    HttpLimits limits = HttpLimits.builder().headerTime(Duration.ofMillis(300)).build();
    try (InferenceServer server = start(limits);
        RawClient first = new RawClient(server.port());
        RawClient second = new RawClient(server.port());
        RawClient silent = new RawClient(server.port())) {
      first.send(GET + "A: ");
      second.send(GET + "\r\n").readUntil("}"); // the same after an answer
      second.send(GET + "A: ");
      drip(first);
      drip(second);
      assertTrue(silent.isClosed());
      requireAlive(server);
    }
  }

  @Test
  void bodiesThatDripAreAnswered408() throws Exception {
    HttpLimits limits =
        HttpLimits.builder()
            .headerTime(Duration.ofSeconds(30))
            .bodyTime(Duration.ofMillis(300))
            .build();
    try (InferenceServer server = start(limits)) {
      List<RawClient> slow = new ArrayList<>();
      for (int i = 0; i < 200; i++) { // more than there are threads
        slow.add(new RawClient(server.port()).send(POST + "Content-Length: 5000\r\n\r\nhalf"));
      }
      requireAlive(server);
      for (RawClient client : slow) {
        String answer = client.readAll();
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("the request's body did not come within"), answer);
        client.close();
      }
    }
  }

  @Test
  void answersThatAreNotTakenAreCutOff() throws Exception {
    HttpLimits limits = HttpLimits.builder().sendTime(Duration.ofMillis(300)).build();
    byte[] large = new byte[50_000_000];
    try (InferenceServer server =
            InferenceServer.builder()
                .limits(limits)
                .endpoint("/large", e -> e.respond(200, "application/octet-stream", large))
                .start();
        RawClient client = new RawClient(server.port())) {
      client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
      awaitMetric(server, "route=\"/large/**\",status=\"gone\"} 1");
      assertTrue(client.readAll().length() < large.length);
    }
  }

  /** Idle connections beyond the limit make room for those that ask something. */
  @Test
  void connectionsBeyondTheLimitMakeRoom() throws Exception {
    HttpLimits limits =
        HttpLimits.builder()
            .connections(CONNECTIONS / 3)
            .requests(8)
            .eventStreams(8)
            .headerTime(Duration.ofMinutes(5))
            .build();
    try (InferenceServer server = start(limits)) {
      List<RawClient> idle = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        idle.add(new RawClient(server.port()));
        if (i % 100 == 0) {
          requireAlive(server);
        }
      }
      requireAlive(server);
      assertTrue(idle.get(0).isClosed(), "the first has waited longest");
      RawClient last = idle.get(CONNECTIONS - 1);
      last.send(GET + "\r\n").readUntil("\"live\":true");
      for (RawClient client : idle) {
        client.close();
      }
    }
  }

  @Test
  void requestsBeyondTheLimitAreAnswered503() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    Endpoint wait =
        exchange -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.respond(200, "text/plain", new byte[0]);
        };
    try (InferenceServer server =
            InferenceServer.builder()
                .limits(HttpLimits.builder().requests(2).eventStreams(1).build())
                .endpoint("/wait", wait)
                .start();
        RawClient first = new RawClient(server.port());
        RawClient second = new RawClient(server.port());
        RawClient third = new RawClient(server.port())) {
      String get = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
      first.send(get);
      second.send(get);
      begun.await();
      String answer = third.send(get).readUntil("}");
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
      assertTrue(answer.contains("Retry-After: 1\r\n"), answer);
      assertTrue(answer.contains("2 requests are being answered, which is the limit"), answer);
      requireAlive(server);
      go.countDown();
      assertTrue(first.readUntil("\r\n\r\n").startsWith("HTTP/1.1 200 "));
      do { // a place comes free just after its answer
        third.send(get);
        answer = third.readUntil("\r\n\r\n");
        if (answer.startsWith("HTTP/1.1 503 ")) {
          third.readUntil("}");
        }
      } while (!answer.startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void eventStreamsBeyondTheLimitAreAnswered503() throws Exception {
    Endpoint events =
        exchange -> {
          try (EventStream stream = exchange.events()) {
            while (true) {
              stream.send("tick", "");
              Thread.sleep(5);
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    try (InferenceServer server =
        InferenceServer.builder()
            .limits(HttpLimits.builder().requests(1).eventStreams(2).build())
            .endpoint("/events", events)
            .start()) {
      String get = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
      try (RawClient first = new RawClient(server.port());
          RawClient second = new RawClient(server.port());
          RawClient third = new RawClient(server.port())) {
        first.send(get).readUntil("tick"); // one request at once, which streams do not count for
        second.send(get).readUntil("tick");
        String answer = third.send(get).readUntil("}");
        assertTrue(answer.contains("2 event streams are open, which is the limit"), answer);
      }
      // a place comes free when the server finds that a client has gone
      String answer;
      do {
        try (RawClient again = new RawClient(server.port())) {
          answer = again.send(get).readUntil("\r\n\r\n");
        }
      } while (!answer.startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void bodiesTogetherAreBounded() throws Exception {
    HttpLimits limits = HttpLimits.builder().bodyBytes(1_000_000).bufferedBytes(1_500_000).build();
    try (InferenceServer server = start(limits);
        RawClient first = new RawClient(server.port())) {
      String head = POST + "Content-Length: 1000000\r\nConnection: close\r\n\r\n";
      first.send(head).send(new byte[999_999]);
      awaitMetric(server, "carousel_http_body_bytes 999999.0");
      String answer = RawClient.exchange(server.port(), head, new byte[1_000_000]);
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
      first.send(new byte[1]);
      assertTrue(first.readAll().startsWith("HTTP/1.1 200 "));
      awaitMetric(server, "carousel_http_body_bytes 0.0");
      String after = RawClient.exchange(server.port(), head, new byte[1_000_000]);
      assertTrue(after.startsWith("HTTP/1.1 200 "), "the bytes are given back");
    }
  }

  /** A body whose request has ended takes nothing more, though its bytes still come in. */
  @Test
  void whatComesAfterTheEndIsNotBooked() {
    BodyBudget budget = new BodyBudget(100);
    BodyBudget.Share share = budget.open();
    share.take(60);
    assertThrows(HttpProblem.class, () -> share.take(41));
    assertEquals(60, budget.used());
    share.close();
    share.take(5);
    assertEquals(0, budget.used());
    share.close();
    assertEquals(0, budget.used());
  }

  @Test
  void longerBodiesMayTakeMoreTogether() {
    assertEquals(256L << 20, HttpLimits.DEFAULT.bufferedBytes());
    assertEquals(4L << 30, HttpLimits.builder().bodyBytes(1 << 30).build().bufferedBytes());
  }

  /** Also one that no clock counts. */
  @Test
  void timesMayBeOfAnyLength() throws Exception {
    for (Duration time : List.of(Duration.ofDays(200_000), Duration.ofSeconds(Long.MAX_VALUE))) {
      HttpLimits limits =
          HttpLimits.builder()
              .headerTime(time)
              .bodyTime(time)
              .sendTime(time)
              .keepAlive(time)
              .idle(time)
              .drain(time)
              .build();
      try (InferenceServer server = InferenceServer.builder().limits(limits).start()) {
        String head = "GET /v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assertTrue(RawClient.exchange(server.port(), head).startsWith("HTTP/1.1 200 "));
      }
    }
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> HttpLimits.builder().idle(Duration.ofSeconds(Long.MIN_VALUE)).build());
    assertTrue(e.getMessage().startsWith("idle must be at least 1 ms, got "), e.getMessage());
  }

  @Test
  void limitsMustBePositive() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> HttpLimits.builder().requests(0).build());
    assertEquals("requests must be positive, got 0", e.getMessage());
  }

  @Test
  void limitsThatCannotHoldAreRefused() {
    assertRefused(
        "requests and eventStreams must be at most 10000, as each takes a thread, got 2147483647",
        HttpLimits.builder().requests(Integer.MAX_VALUE));
    assertRefused(
        "requests and eventStreams must be at most 10000, as each takes a thread, got 10001",
        HttpLimits.builder().eventStreams(10_001));
    assertRefused(
        "bufferedBytes must be at least bodyBytes 2000, got 1999",
        HttpLimits.builder().bodyBytes(2_000).bufferedBytes(1_999));
  }

  private static void assertRefused(String expected, HttpLimits.Builder limits) {
    assertEquals(
        expected, assertThrows(IllegalArgumentException.class, limits::build).getMessage());
  }
}
