package io.carousel.serve.http;

import java.util.List;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request through the same steps: what can be refused by the headers alone is refused
 * before the body is read, the body is received without a thread, and then the route answers.
 */
final class RequestHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

  private final HttpLimits limits;
  private final RouteTable routes;
  private final BrowserGuard guard;
  private final @Nullable BearerToken token;
  private final Admission admission;
  private final ConnectionWatch watch;
  private final HttpMetrics metrics;
  private final BodyBudget budget;
  private final Deadlines receiving;
  private final Deadlines sending;

  RequestHandler(
      HttpLimits limits,
      RouteTable routes,
      BrowserGuard guard,
      @Nullable BearerToken token,
      Admission admission,
      ConnectionWatch watch,
      HttpMetrics metrics) {
    this.limits = limits;
    this.routes = routes;
    this.guard = guard;
    this.token = token;
    this.admission = admission;
    this.watch = watch;
    this.metrics = metrics;
    this.budget = new BodyBudget(limits.bufferedBytes());
    metrics.gauge("carousel.http.body.bytes", "Bytes of bodies in memory", budget::used);
    this.receiving = new Deadlines(limits.bodyTime());
    this.sending = new Deadlines(limits.sendTime());
  }

  /** Ends what takes too long. */
  void sweep() {
    for (Runnable sweep : List.<Runnable>of(receiving::sweep, sending::sweep, watch::sweep)) {
      try {
        sweep.run();
      } catch (Throwable e) { // or the next time would never come
        LOG.error("looking for slow clients failed", e);
      }
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Answer.secure(response.getHeaders());
    Connection connection = request.getConnectionMetaData().getConnection();
    watch.served(connection);
    JettyExchange exchange = new JettyExchange(request, response, callback, admission, sending);
    request.addIdleTimeoutListener(timeout -> false); // computing may take longer
    Request.addCompletionListener(
        request,
        failure -> {
          exchange.completed();
          watch.answered(connection);
          metrics.answered(request, exchange.route(), exchange.status(), failure != null);
        });
    try {
      Route.Match match = admit(exchange);
      BodyReader reader =
          new BodyReader(
              request,
              limits,
              budget,
              receiving,
              body -> answer(exchange, match.route(), body),
              failure -> refuse(exchange, failure));
      exchange.reading(reader);
      reader.start();
    } catch (HttpProblem e) {
      exchange.refuse(e);
    }
    return true;
  }

  private Route.Match admit(JettyExchange exchange) {
    Request request = exchange.request();
    if (exchange.method().equals("CONNECT")) {
      throw new HttpProblem(405, "this server is no proxy").with("Connection", "close");
    }
    String path = plainPath(request.getHttpURI());
    guard.require(exchange.method(), request.getHttpURI().getAuthority(), request.getHeaders());
    Route.Match match = routes.find(exchange.method(), path);
    exchange.matched(match);
    if (token != null && match.route().access() == Route.Access.GUARDED) {
      token.require(request.getHeaders().get("Authorization"));
    }
    if (exchange.hasBody() && !match.route().takesBody(exchange.method())) {
      String what = "takes a body with " + request.getMethod();
      throw exchange.method().equals("GET")
          ? new HttpProblem(413, "no path " + what)
          : new HttpProblem(404, "nothing at this path " + what);
    }
    exchange.admitted(admission.enter(match.route().access() == Route.Access.ALWAYS));
    return match;
  }

  /** The decoded path of a URI that has one meaning only. */
  private String plainPath(HttpURI uri) {
    if (uri.getPathQuery() != null && uri.getPathQuery().length() > limits.uriBytes()) {
      throw new HttpProblem(414, "the URI is longer than " + limits.uriBytes() + " bytes");
    }
    String raw = uri.getPath();
    String path = uri.getDecodedPath();
    if (raw == null || path == null || !path.startsWith("/")) {
      throw new HttpProblem(400, "the request names no path");
    }
    if (raw.contains(";") || raw.matches(".*(//|/\\.{1,2}(/|$)).*")) {
      throw new HttpProblem(400, "the path has parameters, dots or empty segments: write it out");
    }
    return path;
  }

  private void answer(JettyExchange exchange, Route route, byte[] body) {
    exchange.received(body);
    try {
      if (route.access() != Route.Access.ALWAYS) {
        exchange.answering();
      }
      route.action().handle(exchange);
      exchange.end();
      if (!exchange.isAnswered()) {
        throw new IllegalStateException("the endpoint gave no answer");
      }
    } catch (HttpProblem | StreamEndedException e) {
      refuse(exchange, e);
    } catch (Throwable e) {
      LOG.error("{} failed", exchange.route(), e);
      exchange.refuse(
          e instanceof OutOfMemoryError
              ? new HttpProblem(503, "out of memory; try again later").retryAfter(1)
              : new HttpProblem(500, "the server failed; its log says why"));
    }
  }

  /** Tells the client its problem, unless it is gone. */
  private static void refuse(JettyExchange exchange, Throwable why) {
    if (why instanceof HttpProblem problem) {
      exchange.refuse(problem);
    } else {
      exchange.abandon(why);
    }
  }
}
