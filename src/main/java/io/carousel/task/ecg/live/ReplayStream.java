package io.carousel.task.ecg.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carousel.serve.http.Endpoint;
import io.carousel.serve.http.EventStream;
import io.carousel.serve.http.Exchange;
import io.carousel.serve.http.HttpProblem;
import io.carousel.task.ecg.EcgMonitor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replays a record to one viewer, on the thread that asks for it; a bounded number at a time. */
final class ReplayStream implements Endpoint {
  static final int MOST_VIEWERS = 8;
  private static final int PATIENCE_SECONDS = 2;
  private static final double SLOWEST = 0.1;
  private static final double FASTEST = 20;
  private static final Logger LOG = LoggerFactory.getLogger(ReplayStream.class);

  private final Forecasters forecasters;
  private final RecordShelf shelf;
  private final Semaphore places = new Semaphore(MOST_VIEWERS, true);

  ReplayStream(Forecasters forecasters, RecordShelf shelf) {
    this.forecasters = forecasters;
    this.shelf = shelf;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!exchange.method().equals("GET")) {
      throw new HttpProblem(405, "a replay is asked for with GET");
    }
    Forecasters.Forecaster forecaster = forecasters.require(exchange.query("model"));
    String id = exchange.query("record");
    ReplayRecord record =
        shelf
            .find(id == null ? RecordShelf.BUNDLED : id)
            .orElseThrow(
                () -> new HttpProblem(404, "this record is not here any more; send it again"));
    if (!forecaster.card().acceptsRate(record.samplingRateHz())) {
      throw new HttpProblem(
          422,
          "the model forecasts signals of %s Hz, this record has %s Hz"
              .formatted(forecaster.card().samplingRateHz(), record.samplingRateHz()));
    }
    int from = sample(exchange.query("from"), record.millivolts().length);
    double speed = speed(exchange.query("speed"));
    takePlace();
    try (EcgMonitor monitor = new EcgMonitor(forecaster.card(), forecaster.model().openSession());
        EventStream events = exchange.events()) {
      replay(new Replay(monitor, record, from, speed, events), events);
    } finally {
      places.release();
    }
  }

  /** A viewer that seeks leaves its place just before, which the server finds at the next tick. */
  private void takePlace() throws IOException {
    try {
      if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new HttpProblem(
                503,
                "all %d places of this page are taken; try again later".formatted(MOST_VIEWERS))
            .retryAfter(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a place");
    }
  }

  private static void replay(Replay replay, EventStream events) throws IOException {
    try {
      replay.run();
    } catch (RuntimeException e) {
      LOG.warn("a replay failed", e);
      events.send(
          "problem",
          JsonNodeFactory.instance.objectNode().put("error", "the model failed").toString());
    }
  }

  private static int sample(@Nullable String text, int count) {
    if (text == null) {
      return 0;
    }
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) >= count) {
      throw new HttpProblem(400, "from must be a number from 0 to " + (count - 1));
    }
    return Integer.parseInt(text);
  }

  private static double speed(@Nullable String text) {
    if (text == null) {
      return 1;
    }
    double speed = text.matches("\\d{1,9}(?:\\.\\d{1,9})?") ? Double.parseDouble(text) : 0;
    if (speed < SLOWEST || speed > FASTEST) {
      throw new HttpProblem(400, "speed must be a number from 0.1 to 20");
    }
    return speed;
  }
}
