package io.carousel.serve.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request and its answer through Jetty, from the headers of the one to the end of the other. */
final class JettyExchange implements RoutedExchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Admission admission;
  private final Deadlines sending;
  private final Runnable tooSlow;
  private Route.@Nullable Match match;
  private Admission.@Nullable Ticket ticket;
  private @Nullable BodyReader reader;
  private byte[] body = new byte[0];
  private boolean bodyIsRead;
  private boolean answered;
  private @Nullable JettyEventStream stream;

  JettyExchange(
      Request request,
      Response response,
      Callback callback,
      Admission admission,
      Deadlines sending) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.admission = admission;
    this.sending = sending;
    tooSlow = () -> request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  @Override
  public String method() {
    String method = request.getMethod();
    return method.equals("HEAD") ? "GET" : method;
  }

  @Override
  public String path() {
    return requireNonNull(match).below();
  }

  @Override
  public String segment(String name) {
    return requireNonNull(requireNonNull(match).segments().get(name));
  }

  @Override
  public String segmentOr(String name, String other) {
    return requireNonNull(match).segments().getOrDefault(name, other);
  }

  @Override
  public @Nullable String query(String name) {
    try {
      return Request.extractQueryParameters(request).getValue(name);
    } catch (RuntimeException e) {
      throw new HttpProblem(400, "the query of the URI is not encoded as it should be");
    }
  }

  @Override
  public @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  @Override
  public byte[] body() {
    return body;
  }

  @Override
  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  @Override
  public void respond(int status, String contentType, byte[] bytes) {
    ByteBuffer content = ByteBuffer.wrap(bytes);
    begin(status, contentType);
    sending.begin(tooSlow);
    response.write(true, content, callback);
  }

  @Override
  public EventStream events() throws IOException {
    if (request.getMethod().equals("HEAD")) {
      throw new HttpProblem(405, "events have no end, so HEAD cannot describe them");
    }
    requireNonNull(ticket).stream();
    begin(200, "text/event-stream");
    JettyEventStream events = new JettyEventStream(response, callback, admission);
    stream = events;
    events.begin();
    return events;
  }

  private void begin(int status, String contentType) {
    if (answered) {
      throw new IllegalStateException("the request has been answered already");
    }
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    if (admission.isDraining()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    answered = true;
  }

  /** Tells the client what is wrong; when the answer has begun, cuts off what is not sent yet. */
  void refuse(HttpProblem problem) {
    if (answered) {
      abandon(problem);
      return;
    }
    problem.headers().forEach(this::setHeader);
    if (!bodyIsRead && hasBody()) {
      setHeader("Connection", "close"); // the rest of the body is not waited for
    }
    respond(problem.status(), Answer.JSON, Answer.error(problem.line()));
  }

  boolean hasBody() {
    return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  /**
   * Ends a request whose client cannot be told anything. What has been answered in full, or ended
   * as a stream, stays as it is.
   */
  void abandon(Throwable why) {
    if (stream != null) {
      stream.abort(why);
    } else if (!answered) {
      answered = true;
      callback.failed(why);
    }
  }

  /** The endpoint has returned: ends an answer of events. */
  void end() {
    if (stream != null) {
      stream.close();
    }
  }

  /** The answer has been sent, or the client is gone. */
  void completed() {
    sending.met(tooSlow);
    if (reader != null) {
      reader.release();
    }
    if (ticket != null) {
      ticket.close();
    }
  }

  boolean isAnswered() {
    return answered;
  }

  void matched(Route.Match found) {
    match = found;
  }

  void admitted(Admission.Ticket place) {
    ticket = place;
  }

  /**
   * Takes one of the places of those that are answered at once.
   *
   * @throws HttpProblem 503 without one
   */
  void answering() {
    requireNonNull(ticket).answer();
  }

  void reading(BodyReader bodyReader) {
    reader = bodyReader;
  }

  void received(byte[] bytes) {
    body = bytes;
    bodyIsRead = true;
  }

  Request request() {
    return request;
  }

  /** The route's template, {@code none} without one. */
  String route() {
    return match == null ? "none" : match.route().template();
  }

  int status() {
    return response.getStatus();
  }
}
