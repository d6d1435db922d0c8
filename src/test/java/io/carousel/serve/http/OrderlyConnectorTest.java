package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.nio.channels.SelectableChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.SelectorManager.AcceptListener;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that is accepted while the server stops is closed, too. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OrderlyConnectorTest {
  @Test
  void aConnectionOnItsWayToTheSelectorIsClosed() throws Exception {
    CountDownLatch accepted = new CountDownLatch(1);
    Server server = new Server();
    OrderlyConnector connector = new OrderlyConnector(server, null, new HttpConnectionFactory());
    connector.setHost("127.0.0.1");
    connector.addBean(
        new AcceptListener() {
          @Override
          public void onAccepting(SelectableChannel channel) { // chosen, not handed to a selector
            accepted.countDown();
            pause(server);
          }
        });
    server.addConnector(connector);
    server.start();
    try (RawClient client = new RawClient(connector.getLocalPort())) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      accepted.await();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> stop(server));
      assertDoesNotThrow(client::readAll); // whether it is answered or not, it ends
      stopped.get();
    } finally {
      server.stop();
    }
  }

  /** Until the stop has had time to go too far; Jetty interrupts those who sleep. */
  private static void pause(Server server) {
    while (!server.isStopping()) {
      Thread.onSpinWait();
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
