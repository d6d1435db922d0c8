package io.carousel.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;

/** What all answers have in common: headers for browsers, and how errors look. */
final class Answer {
  static final String JSON = "application/json";

  /** Nothing that is answered may run, be framed, be guessed at or be kept. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
          "Cache-Control", "no-store");

  private Answer() {}

  static void secure(HttpFields.Mutable headers) {
    HEADERS.forEach(headers::put);
  }

  /** The protocol's error object. */
  static byte[] error(String line) {
    String json = JsonNodeFactory.instance.objectNode().put("error", line).toString();
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
