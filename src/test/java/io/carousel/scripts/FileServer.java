package io.carousel.scripts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves bytes by path, from where a request asks for, and breaks off where a test says so. */
final class FileServer implements AutoCloseable {
  final Map<String, byte[]> files = new ConcurrentHashMap<>();

  /** Path and range of every request. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** How many bytes of an answer are sent before the connection breaks. */
  volatile int breakAfter = Integer.MAX_VALUE;

  private final HttpServer server;

  FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(path + (range == null ? "" : " " + range));
      byte[] file = files.get(path);
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (from >= file.length) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      if (range != null) {
        String bytes = "bytes %d-%d/%d".formatted(from, file.length - 1, file.length);
        exchange.getResponseHeaders().set("Content-Range", bytes);
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, file.length - from);
      OutputStream body = exchange.getResponseBody();
      body.write(file, from, Math.min(breakAfter, file.length - from));
      body.flush();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
