package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.serve.ServedModel;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints, what all answers have in common, events, the end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InferenceServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static void echo(Exchange exchange) throws IOException {
    String text =
        String.join(
            " ",
            exchange.method(),
            "'" + exchange.path() + "'",
            exchange.query("q"),
            exchange.header("X-Test"),
            new String(exchange.body(), StandardCharsets.UTF_8));
    exchange.setHeader("Cache-Control", "max-age=1");
    text(exchange, 201, text);
  }

  private static void text(Exchange exchange, int status, String text) throws IOException {
    exchange.respond(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> send(InferenceServer server, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri().resolve(path));
    request.header("X-Test", "header");
    return CLIENT.send(
        body == null
            ? request.build()
            : request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anEndpointAnswersAtAndBelowItsPath() throws Exception {
    try (InferenceServer server =
        InferenceServer.builder()
            .endpoint("/", e -> text(e, 200, "root" + e.path()))
            .endpoint("/echo", InferenceServerTest::echo)
            .start()) {
      HttpResponse<String> answer = send(server, "/echo/a%20b?q=%C3%A4&q=2", "body");
      assertEquals("POST '/a b' ä header body", answer.body());
      assertEquals(201, answer.statusCode());
      assertEquals("text/plain", answer.headers().firstValue("Content-Type").orElse(""));
      assertEquals("max-age=1", answer.headers().firstValue("Cache-Control").orElse(""));
      assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
      assertFalse(answer.headers().firstValue("Server").isPresent());
      assertEquals("GET '' null header ", send(server, "/echo", null).body());
      assertEquals("root/echoes", send(server, "/echoes", null).body());
      assertEquals("root/", send(server, "/", null).body());
    }
  }

  @Test
  void healthAndMetadataAreTheProtocols() throws Exception {
    try (InferenceServer server = InferenceServer.builder().start()) {
      assertEquals("{\"live\":true}", send(server, "/v2/health/live", null).body());
      assertEquals("{\"ready\":true}", send(server, "/v2/health/ready", null).body());
      assertTrue(send(server, "/v2", null).body().startsWith("{\"name\":\"carousel\","));
      HttpResponse<String> none = send(server, "/v3", null);
      assertEquals(404, none.statusCode());
      assertEquals("{\"error\":\"there is nothing at this path\"}", none.body());
      HttpResponse<String> wrong = send(server, "/v2/health/live", "body");
      assertEquals(405, wrong.statusCode());
      assertEquals("GET", wrong.headers().firstValue("Allow").orElse(""));
    }
  }

  @Test
  void metricsCountRequestsByRoute() throws Exception {
    try (InferenceServer server = InferenceServer.builder().start()) {
      send(server, "/v2", null);
      send(server, "/v3", null);
      String metrics = send(server, "/metrics", null).body();
      for (String line :
          new String[] {
            "carousel_http_requests_seconds_count{method=\"GET\",route=\"/v2\",status=\"200\"} 1",
            "carousel_http_requests_seconds_count{method=\"GET\",route=\"none\",status=\"404\"} 1",
            "carousel_http_connections ",
            "jvm_memory_used_bytes"
          }) {
        assertTrue(metrics.contains(line), line + " in " + metrics);
      }
    }
  }

  @Test
  void problemsAreToldAndFailuresAreNot() throws Exception {
    try (InferenceServer server =
        InferenceServer.builder()
            .endpoint(
                "/busy",
                e -> {
                  throw new HttpProblem(429, "too \"much\"").retryAfter(7);
                })
            .endpoint(
                "/broken",
                e -> {
                  throw new IllegalStateException("a secret");
                })
            .endpoint(
                "/file",
                e -> {
                  throw new NoSuchFileException("/a/secret");
                })
            .endpoint("/silent", e -> {})
            .start()) {
      HttpResponse<String> busy = send(server, "/busy", "x");
      assertEquals(429, busy.statusCode());
      assertEquals("7", busy.headers().firstValue("Retry-After").orElse(""));
      assertEquals("{\"error\":\"too \\\"much\\\"\"}", busy.body());
      for (String path : new String[] {"/broken", "/file", "/silent"}) {
        HttpResponse<String> broken = send(server, path, null);
        assertEquals(500, broken.statusCode());
        assertEquals("{\"error\":\"the server failed; its log says why\"}", broken.body());
      }
    }
  }

  @Test
  void eventsComeOneByOneAndEndWithTheServer() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Endpoint endpoint =
        exchange -> {
          try (EventStream events = exchange.events()) {
            events.send("one", "first\nsecond line");
            second.await();
            events.send("two", "{}");
            while (events.isOpen()) {
              Thread.sleep(10);
            }
            assertThrows(IOException.class, () -> events.send("three", ""));
            ended.complete(true);
          } catch (InterruptedException e) {
            ended.completeExceptionally(e);
          }
        };
    try (InferenceServer server = InferenceServer.builder().endpoint("/live", endpoint).start();
        RawClient client = new RawClient(server.port())) {
      client.send("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String headers = client.readUntil("\r\n\r\n");
      assertTrue(headers.contains("Content-Type: text/event-stream\r\n"), headers);
      client.readUntil("event: one\ndata: first\ndata: second line\n\n");
      second.countDown();
      client.readUntil("event: two\ndata: {}\n\n");
      server.close();
      assertTrue(ended.get());
      assertTrue(client.readAll().endsWith("0\r\n\r\n"), "the answer ends as it should");
    }
  }

  /** An endpoint that fails after its answer, or after its events, takes nothing of them back. */
  @Test
  void whatFailsAfterTheAnswerLeavesIt() throws Exception {
    Endpoint events =
        exchange -> {
          try (EventStream stream = exchange.events()) {
            stream.send("one", "1");
          }
          throw new IOException("too late");
        };
    Endpoint answer =
        exchange -> {
          text(exchange, 200, "x".repeat(5_000_000));
          throw new IllegalStateException("too late");
        };
    try (InferenceServer server =
        InferenceServer.builder().endpoint("/events", events).endpoint("/answer", answer).start()) {
      for (int i = 0; i < 20; i++) {
        assertTrue(send(server, "/events", null).body().endsWith("event: one\ndata: 1\n\n"));
        assertEquals(5_000_000, send(server, "/answer", null).body().length());
      }
      String metrics = send(server, "/metrics", null).body();
      assertFalse(metrics.contains("status=\"gone\""), metrics);
    }
  }

  @Test
  void aFailureInTheMidstOfEventsCutsThemOff() throws Exception {
    Endpoint endpoint =
        exchange -> {
          exchange.events().send("one", "1");
          throw new IOException("the model failed");
        };
    try (InferenceServer server = InferenceServer.builder().endpoint("/events", endpoint).start();
        RawClient client = new RawClient(server.port())) {
      client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String all = client.readAll();
      assertTrue(all.contains("event: one\n"), all);
      assertFalse(all.endsWith("0\r\n\r\n"), "looks whole");
    }
  }

  @Test
  void oneBuilderStartsSeveralServers() throws Exception {
    InferenceServer.Builder builder =
        InferenceServer.builder().endpoint("/echo", InferenceServerTest::echo);
    try (InferenceServer first = builder.start();
        InferenceServer second = builder.start()) {
      assertEquals(201, send(first, "/echo", null).statusCode());
      assertEquals(201, send(second, "/echo", null).statusCode());
    }
  }

  @Test
  void aPortInUseIsSaid() throws Exception {
    try (InferenceServer server = InferenceServer.builder().start()) {
      IOException e =
          assertThrows(
              IOException.class, () -> InferenceServer.builder().port(server.port()).start());
      assertEquals(
          "cannot listen at 127.0.0.1 port %d: Address already in use; choose another port or host"
              .formatted(server.port()),
          e.getMessage());
    }
    IOException e =
        assertThrows(IOException.class, () -> InferenceServer.builder().host("a..b").start());
    assertTrue(e.getMessage().startsWith("there is no host 'a..b'"), e.getMessage());
  }

  /** A server that does not come to be leaves nothing behind. */
  @Test
  void aFailedStartLeavesNoPools(@TempDir Path folder) throws Exception {
    try (Device device = Devices.open("cpu");
        ServedModel model = SmallModels.perStep(device, folder)) {
      AtomicInteger pools = new AtomicInteger();
      InferenceServer.Builder broken =
          InferenceServer.builder()
              .model("a", model)
              .model("b", model)
              .sessions(
                  pool -> {
                    if (pools.incrementAndGet() == 2) {
                      throw new IllegalStateException("no second pool");
                    }
                    return pool;
                  });
      assertEquals(
          "no second pool", assertThrows(IllegalStateException.class, broken::start).getMessage());
      assertEquals(0, poolThreads());
      try (InferenceServer taken = InferenceServer.builder().start()) {
        InferenceServer.Builder second =
            InferenceServer.builder().model("a", model).port(taken.port());
        assertThrows(IOException.class, second::start);
        assertEquals(0, poolThreads());
      }
    }
  }

  private static long poolThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("carousel-pool"))
        .count();
  }
}
