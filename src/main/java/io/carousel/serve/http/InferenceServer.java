package io.carousel.serve.http;

import io.carousel.device.CloseAll;
import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.carousel.serve.http.Route.Access;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves models over HTTP by the Open Inference Protocol, version 2, and whatever {@link Endpoint}s
 * are added. Every request keeps within {@link HttpLimits}; all but the state of health wants the
 * token, where one is set.
 */
public final class InferenceServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceServer.class);

  private final HttpLimits limits;
  private final Admission admission;
  private final JettyServer jetty;
  private final List<AutoCloseable> parts = new ArrayList<>(); // the last one is closed first
  private final URI uri;
  private boolean closed;

  private InferenceServer(Builder settings) throws IOException {
    limits = settings.limits;
    InetSocketAddress address = new InetSocketAddress(settings.host, settings.port);
    if (address.isUnresolved()) {
      throw new IOException("there is no host '" + settings.host + "' to listen at");
    }
    SslContextFactory.Server tls = settings.tls();
    admission = new Admission(limits);
    try {
      jetty = start(settings, address, tls);
    } catch (Throwable e) {
      CloseAll.after(e, parts);
      throw e;
    }
    String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
    uri = URI.create((tls == null ? "http://" : "https://") + host + ":" + jetty.port());
  }

  private JettyServer start(
      Builder settings, InetSocketAddress address, SslContextFactory.@Nullable Server tls)
      throws IOException {
    RouteTable routes = new RouteTable(settings.routes);
    routes.add(Route.below("/v2", Access.GUARDED, InferenceServer::nothing));
    HttpMetrics metrics = new HttpMetrics();
    parts.add(metrics);
    ConnectionWatch watch = new ConnectionWatch(limits);
    metrics.gauge("carousel.http.connections", "Open connections", watch::count);
    metrics.gauge("carousel.http.active", "Requests under way", admission::underWay);
    metrics.gauge("carousel.http.event.streams", "Open event streams", admission::openStreams);
    BrowserGuard guard =
        new BrowserGuard(
            address.getAddress(), settings.host, settings.knownAs, settings.token != null);
    ModelTable models = settings.table(parts);
    models.all().forEach(metrics::show);
    new ServerRoutes(admission, metrics).addTo(routes);
    new ModelRoutes(models, limits).addTo(routes);
    new SessionRoutes(models, limits).addTo(routes);
    RequestHandler handler =
        new RequestHandler(limits, routes, guard, settings.token, admission, watch, metrics);
    JettyServer server = new JettyServer(limits, address, tls, handler, admission, watch);
    parts.add(server);
    listen(server, settings);
    return server;
  }

  /** Keeps an endpoint at / from answering for the protocol. */
  private static void nothing(Exchange exchange) {
    throw new HttpProblem(404, "the protocol has nothing at this path");
  }

  private static void listen(JettyServer server, Builder settings) throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      Throwable cause = e instanceof BindException || e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen at %s port %d: %s; choose another port or host"
              .formatted(settings.host, settings.port, cause.getMessage()),
          e);
    }
  }

  /** Whether a model may be served under a name: letters, digits, hyphens, underscores, dots. */
  public static boolean isModelName(String name) {
    return name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  }

  /** A server to be: of this machine only, at any free port, with the usual limits. */
  public static Builder builder() {
    return new Builder();
  }

  /** What servers serve, where, and to whom; it may start several. */
  public static final class Builder {
    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private final RouteTable routes = new RouteTable();
    private final Set<String> knownAs = new HashSet<>();
    private HttpLimits limits = HttpLimits.DEFAULT;
    private String host = "127.0.0.1";
    private int port;
    private @Nullable BearerToken token;
    private @Nullable Path keyStore;
    private char[] keyStorePassword = new char[0];

    private UnaryOperator<SessionPool.Builder> sessions =
        pool -> pool.idleAfter(Duration.ofMinutes(5)).expireAfter(Duration.ofHours(1));

    private Builder() {}

    /**
     * Adds a model.
     *
     * @param name of letters, digits, dots, hyphens and underscores
     * @param model stays its owner's, who closes it after the server
     */
    public Builder model(String name, ServedModel model) {
      if (!isModelName(name)) {
        throw new IllegalArgumentException(
            "the name of a model has letters, digits, hyphens, underscores and dots, got '%s'"
                .formatted(name));
      }
      if (models.putIfAbsent(name, model) != null) {
        throw new IllegalArgumentException("two models are named " + name);
      }
      return this;
    }

    /** The limits of each model's streams; unless set, those that rest for an hour are closed. */
    public Builder sessions(UnaryOperator<SessionPool.Builder> limitsOfPool) {
      sessions = limitsOfPool;
      return this;
    }

    /**
     * Adds an endpoint that wants the token, where there is one. GET requests bring no body.
     *
     * @param path {@code /} or {@code /name}; the longest that fits a request answers it
     * @param endpoint answers at and below the path; at {@code /} its {@link Exchange#path} is all
     *     of the request's
     */
    public Builder endpoint(String path, Endpoint endpoint) {
      routes.add(Route.below(path, Access.GUARDED, endpoint));
      return this;
    }

    /**
     * The same for everybody, with or without the token: for what holds no secret, as a page. Its
     * requests bring no body.
     */
    public Builder openEndpoint(String path, Endpoint endpoint) {
      routes.add(Route.below(path, Access.OPEN, endpoint));
      return this;
    }

    /** The name or address to listen at; 127.0.0.1 serves this machine only. */
    public Builder host(String newHost) {
      host = newHost;
      return this;
    }

    /** The port to listen at, 0 for any that is free. */
    public Builder port(int newPort) {
      if (newPort < 0 || newPort > 65_535) {
        throw new IllegalArgumentException("a port lies in 0..65535, got " + newPort);
      }
      port = newPort;
      return this;
    }

    /**
     * Another name under which clients know this server. Without a token, a server of this machine
     * only answers to no other than its own and localhost.
     */
    public Builder knownAs(String name) {
      knownAs.add(name);
      return this;
    }

    /** The secret that requests must carry; at least 16 characters. */
    public Builder token(String secret) {
      token = new BearerToken(secret.strip());
      return this;
    }

    /** Serves by TLS with the key in a PKCS 12 or JKS file. */
    public Builder tls(Path newKeyStore, char[] password) {
      keyStore = newKeyStore;
      keyStorePassword = password.clone();
      return this;
    }

    /** What clients may take. */
    public Builder limits(HttpLimits newLimits) {
      limits = newLimits;
      return this;
    }

    /** The models with their pools, each of which is told to its owner as soon as it is made. */
    private ModelTable table(List<AutoCloseable> owner) {
      List<ServedName> served = new ArrayList<>();
      models.forEach(
          (name, model) -> {
            SessionPool pool = null;
            if (model.whyNotStreaming() == null) {
              pool = sessions.apply(SessionPool.builder(model)).build();
              owner.add(pool);
            }
            served.add(new ServedName(name, model, pool));
          });
      return new ModelTable(served);
    }

    private SslContextFactory.@Nullable Server tls() throws IOException {
      return keyStore == null ? null : TlsKeyStore.read(keyStore, keyStorePassword.clone());
    }

    /**
     * Starts to serve.
     *
     * @throws IOException when the key store is wrong, or the port cannot be had
     */
    public InferenceServer start() throws IOException {
      return new InferenceServer(this);
    }
  }

  /** The port that is listened at. */
  public int port() {
    return jetty.port();
  }

  /** Where it serves, as {@code http://127.0.0.1:8080}. */
  public URI uri() {
    return uri;
  }

  /**
   * Stops gracefully: refuses new requests with 503, ends event streams, waits for the requests
   * under way as long as {@link HttpLimits#drain} says, stops accepting connections and closes all,
   * whether or not its thread is interrupted. The second time it does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    admission.drain();
    try {
      if (!admission.awaitNone(limits.drain())) {
        LOG.warn("{} requests were not answered to the end", admission.underWay());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      CloseAll.inReverse(parts);
    }
  }
}
