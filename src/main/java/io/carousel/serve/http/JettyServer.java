package io.carousel.serve.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Jetty, set up for a {@link RequestHandler}: strict about what it reads, and silent about itself.
 */
final class JettyServer implements AutoCloseable {
  private static final int SPARE_THREADS = 16; // acceptor, selectors, health, bodies

  private final RequestHandler handler;
  private final HttpLimits limits;
  private final Server server;
  private final ServerConnector connector;
  private final ScheduledExecutorService sweeper;
  private @Nullable Future<?> sweeping;

  JettyServer(
      HttpLimits limits,
      InetSocketAddress address,
      SslContextFactory.@Nullable Server tls,
      RequestHandler handler,
      Admission admission,
      ConnectionWatch watch) {
    this.handler = handler;
    this.limits = limits;
    QueuedThreadPool threads =
        new QueuedThreadPool(limits.requests() + limits.eventStreams() + SPARE_THREADS);
    threads.setName("carousel-http");
    threads.setDaemon(true);
    server = new Server(threads);
    server.setHandler(handler);
    server.setErrorHandler(new MalformedRequests(admission));
    server.setStopTimeout(0); // requests under way have had their time before
    connector = new OrderlyConnector(server, tls, new HttpConnectionFactory(http(limits, tls)));
    connector.addBean(watch);
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(Math.max(limits.idle().toMillis(), limits.keepAlive().toMillis()));
    connector.setAcceptQueueSize(1_024);
    server.addConnector(connector);
    sweeper = Executors.newSingleThreadScheduledExecutor(JettyServer::timer);
  }

  private static Thread timer(Runnable work) {
    Thread thread = new Thread(work, "carousel-http-limits");
    thread.setDaemon(true);
    return thread;
  }

  private static HttpConfiguration http(HttpLimits limits, SslContextFactory.@Nullable Server tls) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(limits.headerBytes());
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(UriCompliance.RFC3986);
    http.setIdleTimeout(limits.idle().toMillis());
    if (tls != null) {
      SecureRequestCustomizer secure = new SecureRequestCustomizer();
      secure.setSniHostCheck(false); // services are often called by address
      http.addCustomizer(secure);
    }
    return http;
  }

  /** Listens; to be closed also when that fails. */
  void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the server does not start: " + e.getMessage(), e);
    }
    long millis = ConnectionWatch.interval(limits).toMillis();
    sweeping =
        sweeper.scheduleWithFixedDelay(handler::sweep, millis, millis, TimeUnit.MILLISECONDS);
  }

  int port() {
    return connector.getLocalPort();
  }

  /** Closes all connections, also for a thread that has been interrupted. */
  @Override
  public void close() {
    if (sweeping != null) {
      sweeping.cancel(false);
    }
    sweeper.shutdown();
    boolean interrupted = Thread.interrupted(); // which Jetty would leave half-way
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server does not stop: " + e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
