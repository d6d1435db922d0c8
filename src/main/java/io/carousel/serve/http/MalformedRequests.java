package io.carousel.serve.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what is no HTTP request, before any route is asked; and, while the server stops, what
 * might have become one: Jetty takes a request for broken whose connection it closes meanwhile.
 */
final class MalformedRequests implements Request.Handler {
  private final Admission admission;

  MalformedRequests(Admission admission) {
    this.admission = admission;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    HttpProblem problem =
        admission.isDraining() ? Admission.stopping() : problem(request, response.getStatus());
    response.setStatus(problem.status());
    Answer.secure(response.getHeaders());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.JSON);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    problem.headers().forEach(response.getHeaders()::put);
    response.write(true, ByteBuffer.wrap(Answer.error(problem.line())), callback);
    return true;
  }

  private static HttpProblem problem(Request request, int status) {
    if (request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException why) {
      String meaning = HttpStatus.getMessage(why.getCode());
      String reason = why.getReason();
      boolean says = reason != null && !reason.equals(meaning);
      return new HttpProblem(why.getCode(), says ? meaning + ": " + reason : meaning);
    }
    return new HttpProblem(status, HttpStatus.getMessage(status));
  }
}
