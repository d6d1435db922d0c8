package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request, or one too much, gets a 4xx or a closed connection; others are served on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileRequestsTest {
  private static final int BODY_LIMIT = 10_000;
  private static InferenceServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        InferenceServer.builder()
            .limits(HttpLimits.builder().bodyBytes(BODY_LIMIT).build())
            .endpoint("/echo", e -> e.respond(200, "text/plain", e.body()))
            .start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void theServerIsAlive() throws IOException {
    String answer =
        exchange("GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  private static String exchange(String head) throws IOException {
    return RawClient.exchange(server.port(), head + "\r\n\r\n");
  }

  private static int status(String answer) {
    assertTrue(answer.matches("(?s)HTTP/1\\.1 \\d{3} .*"), "no answer: '" + answer + "'");
    return Integer.parseInt(answer.substring(9, 12));
  }

  /** The answer is an error of the protocol with that status, and the headers for browsers. */
  private static void refused(int expected, String answer) {
    assertEquals(expected, status(answer), answer);
    assertTrue(answer.contains("\r\nContent-Type: application/json\r\n"), answer);
    assertTrue(answer.contains("\r\nX-Content-Type-Options: nosniff\r\n"), answer);
    assertTrue(answer.contains("{\"error\":\""), answer);
    assertFalse(answer.contains("jetty") || answer.contains("java"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../etc/passwd",
        "/echo/../echo",
        "/echo/..",
        "/echo/./x",
        "/echo/%2e%2e/x",
        "/echo/%2E%2E%2Fx",
        "/echo/.%2e/x",
        "/echo/..;/x",
        "/echo;x=1/y",
        "/echo//x",
        "//echo",
        "/echo/%2f",
        "/echo/%5c..%5c",
        "/echo/%00",
        "/echo/%0d%0aSet-Cookie:x",
        "/echo/%c0%ae%c0%ae/x",
        "/echo/%c0%af",
        "/echo/%ff",
        "/echo/%zz",
        "/echo/%u0041",
        "/echo/%",
        "/echo/%e4",
        "/echo\\..\\x",
        "/echo/\u0001",
        "/echo/\u0000",
        "/echo/a b",
        "echo",
        "*",
        "http://other/../echo",
        "/echo#x",
      })
  void pathTricksAreNoPaths(String path) throws IOException {
    refused(400, exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /v2/health/live HTTP/1.1 | 400", // no Host
        "GET /v2/health/live HTTP/1.1~Host: a~Host: b | 400",
        "GET /v2/health/live HTTP/1.1~Host: local host | 400",
        "GET /v2/health/live HTTP/9.9~Host: localhost | 505",
        "GET /v2/health/live~Host: localhost | 505",
        "G\u0001T / HTTP/1.1~Host: localhost | 400",
        "NONSENSE | 400",
        "PRI * HTTP/2.0 | 4..|5..",
        "GET /v2/health/live HTTP/1.1~Host : localhost | 400",
        "GET /v2/health/live HTTP/1.1~Host: localhost~ folded: x | 400",
        "GET /v2/health/live HTTP/1.1~Host: localhost~no colon | 400",
        "GET /v2/health/live HTTP/1.1~Host: localhost~a\u0000b: c | 400",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: x | 400",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: -1 | 400",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: 1~Content-Length: 2 | 400",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: 99999999999999999999 | 4..",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: 5~Transfer-Encoding: chunked | 400",
        "POST /echo HTTP/1.1~Host: localhost~Transfer-Encoding: nonsense | 4..|501",
        "POST /echo HTTP/1.1~Host: localhost~Transfer-Encoding: chunked, gzip | 400",
        "TRACE /v2/health/live HTTP/1.1~Host: localhost | 405",
        "BREW /v2/health/live HTTP/1.1~Host: localhost | 405",
        "CONNECT other:443 HTTP/1.1~Host: localhost | 4..",
        "OPTIONS * HTTP/1.1~Host: localhost | 4..",
        "GET /v2/health/live HTTP/1.1~Host: evil.example | 421",
        "GET /v2/health/live HTTP/1.1~Host: localhost~Origin: http://evil.example | 403",
        "GET /v2/health/live HTTP/1.1~Host: localhost~Origin: null | 403",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: 0~Sec-Fetch-Site: cross-site | 403",
        "POST /echo HTTP/1.1~Host: localhost~Content-Length: 0~Sec-Fetch-Site: same-origin | 200",
        "GET /echo HTTP/1.1~Host: localhost~Sec-Fetch-Site: cross-site | 403",
        "GET /echo HTTP/1.1~Host: localhost~Sec-Fetch-Site: cross-site~Sec-Fetch-Mode: no-cors | 403",
        "GET /echo HTTP/1.1~Host: localhost~Sec-Fetch-Site: cross-site~Sec-Fetch-Mode: navigate"
            + " | 200", // a link to a page
        "GET /echo HTTP/1.1~Host: localhost~Sec-Fetch-Site: cross-site~Sec-Fetch-Mode: navigate"
            + "~Sec-Fetch-Dest: iframe | 403",
        "GET /echo?q=%zz HTTP/1.1~Host: localhost | 200", // the endpoint does not ask
      })
  void whatIsNoRequestIsRefused(String head, String expected) throws IOException {
    String answer = exchange(head.replace("~", "\r\n") + "\r\nConnection: close");
    String status = Integer.toString(status(answer));
    assertTrue(
        Stream.of(expected.strip().split("\\|")).anyMatch(status::matches), head + ": " + answer);
    if (!status.equals("200")) {
      refused(status(answer), answer);
    }
  }

  @Test
  void tlsToAPlainPortIsRefused() throws IOException {
    refused(400, exchange("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"));
  }

  @Test
  void longHeadsAreRefused() throws IOException {
    String head = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n";
    refused(431, RawClient.exchange(server.port(), head + "A: " + "a".repeat(20_000)));
    StringBuilder many = new StringBuilder(head);
    for (int i = 0; i < 2_000; i++) {
      many.append("H").append(i).append(": x\r\n");
    }
    refused(431, RawClient.exchange(server.port(), many.toString()));
    String uri = "/echo?" + "q".repeat(3_000);
    refused(414, exchange("GET " + uri + " HTTP/1.1\r\nHost: localhost\r\nConnection: close"));
    refused(414, exchange("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost"));
  }

  /** A gigabyte that is announced is refused at once, one that comes in chunks at the limit. */
  @Test
  void longBodiesAreRefusedBeforeTheyAreRead() throws IOException {
    String post = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
    String announced =
        RawClient.exchange(server.port(), post + "Content-Length: 1000000000\r\n\r\n");
    refused(413, announced);
    assertTrue(announced.contains("Connection: close"), announced);
    String expecting = "Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n";
    refused(413, RawClient.exchange(server.port(), post + expecting));
    try (RawClient client = new RawClient(server.port())) {
      client.send(post + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "400\r\n" + "x".repeat(0x400) + "\r\n";
      int sent = 0;
      try {
        for (; sent < 1_000_000; sent++) {
          client.send(chunk);
        }
      } catch (IOException e) {
        // the server has closed the connection
      }
      assertTrue(sent < 100_000, "took " + sent + " KiB");
    }
    try (RawClient client = new RawClient(server.port())) {
      client.send(post + "Transfer-Encoding: chunked\r\n\r\n");
      client.send("2711\r\n" + "x".repeat(BODY_LIMIT + 1));
      refused(413, client.readAll());
    }
  }

  static Stream<Arguments> chunks() {
    return Stream.of(
        Arguments.of("5\r\nhello\r\n0\r\n\r\n", 200),
        Arguments.of("5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", 200),
        Arguments.of("x\r\nhello\r\n0\r\n\r\n", 400),
        Arguments.of("-5\r\nhello\r\n0\r\n\r\n", 400),
        Arguments.of("ffffffffffffffff\r\nhello\r\n0\r\n\r\n", 400));
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void chunksAreReadStrictly(String body, int expected) throws IOException {
    String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    String answer =
        RawClient.exchange(server.port(), head + "Transfer-Encoding: chunked\r\n\r\n" + body);
    if (!answer.isEmpty()) { // or closed
      assertEquals(expected, status(answer), answer);
    }
    assertEquals(expected == 200, answer.endsWith("hello"), () -> answer.replace("\r\n", "~"));
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      requests.append("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n");
      requests.append(i == 99 ? "Connection: close\r\n" : "").append("\r\n").append(100 + i);
    }
    String answers = RawClient.exchange(server.port(), requests.toString());
    String[] parts = answers.split("HTTP/1\\.1 200 OK\r\n", -1);
    assertEquals(101, parts.length, answers);
    for (int i = 0; i < 100; i++) {
      assertTrue(parts[i + 1].endsWith("\r\n\r\n" + (100 + i)), parts[i + 1]);
    }
  }

  @Test
  void aRefusedRequestLeavesTheConnectionUsable() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(client.readUntil("}").startsWith("HTTP/1.1 404 "));
      client.send("POST /v2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
      assertTrue(client.readUntil("}").startsWith("HTTP/1.1 405 "));
    }
  }

  @Test
  void aClientThatLeavesIsForgotten() throws Exception {
    for (int i = 0; i < 50; i++) {
      RawClient client = new RawClient(server.port());
      client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
      client.close();
    }
    String metrics;
    do {
      metrics = exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close");
    } while (!metrics.contains("carousel_http_active 1.0")); // itself
  }

  @Test
  void bytesOfAnyKindAreNoBody() throws IOException {
    byte[] body = new byte[256];
    for (int i = 0; i < 256; i++) {
      body[i] = (byte) i;
    }
    try (RawClient client = new RawClient(server.port())) {
      client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 256\r\n");
      client.send("Connection: close\r\n\r\n").send(body);
      String answer = client.readAll();
      assertTrue(answer.endsWith(new String(body, StandardCharsets.UTF_8)), answer);
    }
  }
}
