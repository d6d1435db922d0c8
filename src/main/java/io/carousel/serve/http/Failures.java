package io.carousel.serve.http;

import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.io.ModelFormatException;
import io.carousel.serve.NoSuchSessionException;
import io.carousel.serve.PoolBusyException;
import io.carousel.serve.protocol.ProtocolException;

/** What models and their sessions refuse, as answers. */
final class Failures {
  private Failures() {}

  /** The same action, whose failures are told to the client where they are its own. */
  static Route.Action told(Route.Action action) {
    return exchange -> {
      try {
        action.handle(exchange);
      } catch (ProtocolException | ModelFormatException | IllegalArgumentException e) {
        throw new HttpProblem(400, String.valueOf(e.getMessage()));
      } catch (NoSuchSessionException e) {
        throw new HttpProblem(404, String.valueOf(e.getMessage()));
      } catch (PoolBusyException e) {
        throw new HttpProblem(429, String.valueOf(e.getMessage())).retryAfter(1);
      } catch (DeviceOutOfMemoryException e) {
        throw new HttpProblem(503, "out of memory: send less at once, or try again later")
            .retryAfter(1);
      }
    };
  }
}
