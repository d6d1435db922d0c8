package io.carousel.serve.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what is no HTTP request, before any route is asked. */
final class MalformedRequests implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String reason = null;
    if (request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException problem) {
      response.setStatus(problem.getCode());
      reason = problem.getReason();
    }
    String status = HttpStatus.getMessage(response.getStatus());
    Answer.secure(response.getHeaders());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.JSON);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    byte[] body =
        Answer.error(reason == null || reason.equals(status) ? status : status + ": " + reason);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
