package io.carousel.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Sends any bytes to a server of this machine, and reads what comes back. */
final class RawClient implements Closeable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  /** The whole answer to one connection's bytes, until the server closes it. */
  static String exchange(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(request);
      return client.readAll();
    }
  }

  /** The same with a body, of which the server may want only the beginning. */
  static String exchange(int port, String head, byte[] body) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(head);
      try {
        client.send(body);
      } catch (SocketException e) {
        // what it said before stands to be read
      }
      return client.readAll();
    }
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** All until the end; a reset ends it, too. */
  String readAll() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
    } catch (SocketException e) {
      // closed with bytes of ours unread
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** All up to and with the first {@code text}. */
  String readUntil(String text) throws IOException {
    StringBuilder read = new StringBuilder();
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    while (read.lastIndexOf(text) < 0) {
      if (System.nanoTime() > end) {
        throw new IOException("waited in vain for '" + text + "', got: " + read);
      }
      int c = in.read();
      if (c < 0) {
        throw new IOException("ended after: " + read);
      }
      read.append((char) c);
    }
    return read.toString();
  }

  /** Whether the server has closed the connection without a word, within the time-out. */
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
