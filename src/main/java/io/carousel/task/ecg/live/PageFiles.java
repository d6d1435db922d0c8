package io.carousel.task.ecg.live;

import io.carousel.serve.http.Endpoint;
import io.carousel.serve.http.Exchange;
import io.carousel.serve.http.HttpProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of the page, out of the jar. They hold no secret, so that a browser gets them without a
 * token, and the page can ask for one.
 */
final class PageFiles implements Endpoint {
  /** Nothing from elsewhere, nothing inline, nowhere else to send to. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final List<String> NAMES =
      List.of(
          "page.html",
          "live.css",
          "icon.svg",
          "live.js",
          "models.js",
          "monitor.js",
          "readings.js",
          "server.js",
          "strip.js",
          "upload.js");

  private final Map<String, byte[]> contents = new LinkedHashMap<>();

  PageFiles() {
    for (String name : NAMES) {
      contents.put(name, read(name));
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name + "; build the jar again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + name, e);
    }
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    String path = exchange.path();
    String name = path.equals("/") ? "page.html" : path.replaceFirst("^/live/", "");
    byte[] content = contents.get(name);
    if (content == null) {
      throw new HttpProblem(404, "there is nothing at this path");
    }
    if (!exchange.method().equals("GET")) {
      throw new HttpProblem(405, "the page is asked for with GET");
    }
    exchange.setHeader("Content-Security-Policy", POLICY);
    exchange.respond(200, contentType(name), content);
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      default -> "image/svg+xml";
    };
  }
}
