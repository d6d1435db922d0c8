package io.carousel.serve.http;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connector that has done with accepting before it closes its connections. Jetty's own does both
 * at once: a connection that reaches its selector between the order to close all and the order to
 * end is neither read nor closed, and its client waits for ever.
 */
final class OrderlyConnector extends ServerConnector {
  private final Lock accepting = new ReentrantLock();

  OrderlyConnector(
      Server server, SslContextFactory.@Nullable Server tls, ConnectionFactory protocol) {
    super(server, tls, protocol);
  }

  @Override
  public void accept(int acceptor) throws IOException {
    accepting.lock();
    try {
      super.accept(acceptor);
    } finally {
      accepting.unlock();
    }
  }

  @Override
  protected void doStop() throws Exception {
    close(); // ends the wait for a connection
    accepting.lock(); // the last one is with its selector now
    try {
      super.doStop();
    } finally {
      accepting.unlock();
    }
  }
}
