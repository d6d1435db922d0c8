package io.carousel.task.ecg.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.serve.http.EventStream;
import io.carousel.task.ecg.EcgMonitor;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a record through a monitor at the speed of a clock, and tells what comes of it ten times a
 * second. What is a second late is computed but no longer told, and counted. A beat is told when it
 * is found, so after a start in the middle there may be one that lies before.
 */
final class Replay {
  private static final long TICK_NANOSECONDS = 100_000_000;
  private static final int TICKS_PER_LATENCY = 10;
  private static final double LATE_SECONDS = 1;

  /** Run through the monitor before the first sample, so that it has seen what came before. */
  private static final double LEAD_IN_SECONDS = 10;

  private final EcgMonitor monitor;
  private final ReplayRecord record;
  private final int from;
  private final double speed;
  private final EventStream events;
  private final LatestStepTimes times = new LatestStepTimes();

  /** The sample of the record that the monitor saw first. */
  private final int origin;

  private long dropped;

  /**
   * A replay that has not begun.
   *
   * @param monitor at its first sample
   * @param record to replay
   * @param from the first sample to tell
   * @param speed times as fast as the record
   * @param events where it is told
   */
  Replay(EcgMonitor monitor, ReplayRecord record, int from, double speed, EventStream events) {
    this.monitor = monitor;
    this.record = record;
    this.from = from;
    this.speed = speed;
    this.events = events;
    this.origin = (int) Math.max(0, from - LEAD_IN_SECONDS * record.samplingRateHz());
  }

  /**
   * Replays to the end of the record.
   *
   * @throws IOException when nobody listens any more
   */
  void run() throws IOException {
    for (int sample = origin; sample < from; sample++) {
      step(sample);
    }
    events.send("start", object().put("from", from).toString());
    int length = record.millivolts().length;
    double samplesPerNanosecond = speed * record.samplingRateHz() / 1e9;
    long begin = System.nanoTime();
    int told = from;
    for (long tick = 1; told < length; tick++) {
      sleepUntil(begin + tick * TICK_NANOSECONDS);
      long elapsed = System.nanoTime() - begin;
      int due = (int) Math.min(length, from + Math.round(elapsed * samplesPerNanosecond));
      int late = due - told - (int) (LATE_SECONDS * speed * record.samplingRateHz());
      if (late > 0) {
        advance(told, told + late, false);
        dropped += late;
        told += late;
      }
      advance(told, due, true);
      told = due;
      if (tick % TICKS_PER_LATENCY == 0 || told == length) {
        tellLatency();
      }
    }
    events.send("end", "{}");
  }

  private void advance(int first, int end, boolean tell) throws IOException {
    ObjectNode event = object().put("from", first);
    ArrayNode microvolts = event.putArray("microvolts");
    ArrayNode forecasts = event.putArray("forecastMicrovolts");
    for (int sample = first; sample < end; sample++) {
      EcgMonitor.Reading reading = step(sample);
      microvolts.add(Math.round(record.millivolts()[sample] * 1000));
      if (Float.isNaN(reading.forecastMillivolts())) {
        forecasts.addNull();
      } else {
        forecasts.add(Math.round(reading.forecastMillivolts() * 1000));
      }
      EcgMonitor.Beat beat = reading.beat();
      if (beat != null) {
        tellBeat(beat);
      }
    }
    if (tell && end > first) {
      events.send("samples", event.toString());
    }
  }

  private EcgMonitor.Reading step(int sample) {
    EcgMonitor.Reading reading = monitor.next(record.millivolts()[sample]);
    times.add(reading.stepNanoseconds());
    return reading;
  }

  private void tellBeat(EcgMonitor.Beat beat) throws IOException {
    ObjectNode event = object().put("sample", origin + beat.sample());
    event.put("abnormal", beat.abnormal());
    if (Double.isNaN(beat.scoreMillivolts())) {
      event.putNull("scoreMillivolts");
    } else {
      event.put("scoreMillivolts", beat.scoreMillivolts());
    }
    events.send("beat", event.toString());
  }

  private void tellLatency() throws IOException {
    ObjectNode event = object();
    event.put("p50Microseconds", times.quantileMicroseconds(0.5));
    event.put("p99Microseconds", times.quantileMicroseconds(0.99));
    event.put("dropped", dropped);
    events.send("latency", event.toString());
  }

  private static void sleepUntil(long nanoTime) throws IOException {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        throw new IOException("the replay was interrupted");
      }
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
