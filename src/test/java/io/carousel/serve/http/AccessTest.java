package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is served: the token, TLS, and what browsers may not be made to do. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AccessTest {
  private static final String TOKEN = "a-token-of-some-length";

  @TempDir Path folder;

  private static String get(InferenceServer server, String path, String... headers)
      throws IOException {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return RawClient.exchange(
        server.port(),
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines + "\r\n");
  }

  @Test
  void allButHealthAndOpenEndpointsWantTheToken() throws IOException {
    Endpoint page = e -> e.respond(200, "text/html", new byte[0]);
    try (InferenceServer server =
        InferenceServer.builder()
            .token(TOKEN + "\n")
            .openEndpoint("/", page)
            .endpoint("/data", page)
            .start()) {
      for (String open : new String[] {"/v2/health/live", "/v2/health/ready", "/", "/style.css"}) {
        assertTrue(get(server, open).startsWith("HTTP/1.1 200 "), open);
      }
      for (String guarded : new String[] {"/v2", "/metrics", "/data", "/data/x"}) {
        String answer = get(server, guarded);
        assertTrue(answer.startsWith("HTTP/1.1 401 "), guarded + ": " + answer);
        assertTrue(answer.contains("\r\nWWW-Authenticate: Bearer\r\n"), answer);
        assertTrue(answer.contains("this server wants a token"), answer);
        for (String right : new String[] {"Bearer " + TOKEN, "bearer  " + TOKEN}) {
          answer = get(server, guarded, "Authorization: " + right);
          assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
      }
    }
  }

  /** Whoever has no token cannot fill what the bodies of those who have may take. */
  @Test
  void bodiesOfStrangersTakeNothing() throws Exception {
    HttpLimits limits = HttpLimits.builder().bodyBytes(100_000).bufferedBytes(200_000).build();
    Endpoint page = e -> e.respond(200, "text/html", new byte[0]);
    Endpoint echo = e -> e.respond(200, "text/plain", e.body());
    try (InferenceServer server =
        InferenceServer.builder()
            .token(TOKEN)
            .limits(limits)
            .openEndpoint("/", page)
            .endpoint("/echo", echo)
            .start()) {
      String[] refused = {
        "GET /v2/health/live|413",
        "GET /v2/health/ready|413",
        "POST /|404",
        "GET /style.css|413",
        "GET /v2|401",
        "POST /echo|401",
        "POST /v2/models/m/infer|401"
      };
      List<RawClient> strangers = new ArrayList<>();
      for (String line : refused) {
        String[] parts = line.split("\\|", -1);
        for (String length :
            new String[] {"Content-Length: 100000", "Transfer-Encoding: chunked"}) {
          RawClient stranger = new RawClient(server.port());
          strangers.add(stranger);
          stranger.send(parts[0] + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n\r\n");
          stranger.send("1869f\r\n").send(new byte[90_000]);
          String answer = stranger.readUntil("}");
          assertTrue(answer.startsWith("HTTP/1.1 " + parts[1]), line + ": " + answer);
          assertTrue(answer.contains("Connection: close\r\n"), answer);
        }
      }
      String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      String known = head + "Authorization: Bearer " + TOKEN + "\r\nContent-Length: 100000\r\n\r\n";
      String answer = RawClient.exchange(server.port(), known, new byte[100_000]);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      String get = "GET /v2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n";
      answer =
          RawClient.exchange(
              server.port(), get + "Authorization: Bearer " + TOKEN + "\r\n\r\n", new byte[1]);
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(answer.contains("no path takes a body with GET"), answer);
      for (RawClient stranger : strangers) {
        stranger.close();
      }
    }
  }

  /** A mistyped path is no question of how much is sent. */
  @Test
  void belowAnOpenEndpointABodyFindsNothing() throws IOException {
    Endpoint page = e -> e.respond(200, "text/html", new byte[0]);
    try (InferenceServer server = InferenceServer.builder().openEndpoint("/", page).start()) {
      String head =
          " /v1/models/heart/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n";
      for (String method : new String[] {"POST", "PUT"}) {
        String answer = RawClient.exchange(server.port(), method + head, new byte[2]);
        assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
        assertTrue(answer.contains("nothing at this path takes a body with " + method), answer);
      }
      String answer = RawClient.exchange(server.port(), "GET" + head, new byte[2]);
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer a-token-of-some-lengt",
        "Bearer a-token-of-some-length2",
        "Bearer A-TOKEN-OF-SOME-LENGTH",
        "Basic a-token-of-some-length",
        "a-token-of-some-length",
        "Bearer a-token-of-some-length, Bearer x",
      })
  void anythingElseIsNotTheToken(String authorization) throws IOException {
    try (InferenceServer server = InferenceServer.builder().token(TOKEN).start()) {
      String answer = get(server, "/v2", "Authorization: " + authorization);
      assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
      assertFalse(answer.contains("a-token"), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "has a blank in its midst", "umlaut-\u00e4-of-some-length"})
  void weakTokensAreRefused(String token) {
    assertThrows(IllegalArgumentException.class, () -> InferenceServer.builder().token(token));
  }

  @Test
  void pagesOfOtherSitesAreKeptOut() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    BrowserGuard guard = new BrowserGuard(loopback, "127.0.0.1", Set.of("ward.example"), false);
    for (String host :
        new String[] {"localhost", "LocalHost:8080", "127.0.0.1:80", "[::1]:8", "ward.example"}) {
      guard.require("GET", host, HttpFields.EMPTY);
      guard.require("GET", host, HttpFields.from(new HttpField("Origin", "http://" + host)));
    }
    for (String host : new String[] {"evil.example", "localhost.evil.example", "127.0.0.2", ""}) {
      assertEquals(
          421,
          assertThrows(HttpProblem.class, () -> guard.require("GET", host, HttpFields.EMPTY))
              .status(),
          host);
    }
    for (String origin :
        new String[] {"null", "http://evil.example", "http://localhost:81", "", "://"}) {
      HttpFields headers = HttpFields.from(new HttpField("Origin", origin));
      assertEquals(
          403,
          assertThrows(HttpProblem.class, () -> guard.require("GET", "localhost:80", headers))
              .status());
    }
    for (String mode : new String[] {"no-cors", "cors", "websocket", ""}) { // as an image, a script
      HttpFields headers =
          HttpFields.from(
              new HttpField("Sec-Fetch-Site", "cross-site"), new HttpField("Sec-Fetch-Mode", mode));
      assertEquals(
          403,
          assertThrows(HttpProblem.class, () -> guard.require("GET", "localhost:80", headers))
              .status(),
          mode);
    }
    HttpFields link =
        HttpFields.from(
            new HttpField("Sec-Fetch-Site", "cross-site"),
            new HttpField("Sec-Fetch-Mode", "navigate"));
    guard.require("GET", "localhost:80", link);
    assertEquals(
        403,
        assertThrows(HttpProblem.class, () -> guard.require("POST", "localhost:80", link))
            .status());
    for (String dest : new String[] {"document", "iframe", "object", "embed"}) {
      HttpFields shown = HttpFields.build(link).put("Sec-Fetch-Dest", dest);
      if (dest.equals("document")) {
        guard.require("GET", "localhost:80", shown);
      } else {
        assertEquals(
            403,
            assertThrows(HttpProblem.class, () -> guard.require("GET", "localhost:80", shown))
                .status(),
            dest);
      }
    }
    // where others are served, or a token is wanted, the name may be any
    InetAddress any = InetAddress.getByAddress(new byte[4]);
    new BrowserGuard(any, "0.0.0.0", Set.of(), false)
        .require("GET", "ward.example", HttpFields.EMPTY);
    new BrowserGuard(loopback, "localhost", Set.of(), true)
        .require("GET", "ward.example", HttpFields.EMPTY);
  }

  private Path keyStore(String password) throws Exception {
    Path file = folder.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost,IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                password)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    return file;
  }

  private static SSLContext trusting(Path keyStore, String password) throws Exception {
    KeyStore store = KeyStore.getInstance(keyStore.toFile(), password.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String getByTls(InferenceServer server, SSLContext context, String protocol)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket
          .getOutputStream()
          .write(
              "GET /v2/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void tlsServesWithTheKeyOfAStoreOnly() throws Exception {
    String password = "a password";
    Path store = keyStore(password);
    InferenceServer.Builder builder = InferenceServer.builder().tls(store, password.toCharArray());
    builder.start().close(); // may start several
    try (InferenceServer server = builder.start()) {
      assertEquals("https", server.uri().getScheme());
      SSLContext context = trusting(store, password);
      assertTrue(getByTls(server, context, "TLSv1.3").startsWith("HTTP/1.1 200 "));
      assertTrue(getByTls(server, context, "TLSv1.2").startsWith("HTTP/1.1 200 "));
      assertThrows(SSLException.class, () -> getByTls(server, context, "TLSv1.1"));
      assertFalse(get(server, "/v2/health/live").contains(" 200 "));
    }
    HttpLimits hasty = HttpLimits.builder().headerTime(Duration.ofMillis(300)).build();
    try (InferenceServer server =
            InferenceServer.builder().tls(store, password.toCharArray()).limits(hasty).start();
        RawClient half = new RawClient(server.port())) {
      half.send("\u0016\u0003\u0001\u0002"); // the beginning of a handshake
      half.readAll(); // an alert, and the end
    }
    refused("the password of the key store is wrong", store, "another");
    refused("this is no PKCS 12", Files.writeString(folder.resolve("text.p12"), "text"), password);
    Path empty = folder.resolve("empty.p12");
    KeyStore none = KeyStore.getInstance("PKCS12");
    none.load(null, null);
    try (var out = Files.newOutputStream(empty)) {
      none.store(out, password.toCharArray());
    }
    refused("the key store holds no private key", empty, password);
    Path missing = folder.resolve("missing.p12");
    assertThrows(
        java.nio.file.NoSuchFileException.class,
        () -> InferenceServer.builder().tls(missing, password.toCharArray()).start());
  }

  private static void refused(String expected, Path store, String password) {
    IOException e =
        assertThrows(
            IOException.class,
            () -> InferenceServer.builder().tls(store, password.toCharArray()).start());
    assertTrue(e.getMessage().startsWith(store + ": " + expected), e.getMessage());
  }
}
