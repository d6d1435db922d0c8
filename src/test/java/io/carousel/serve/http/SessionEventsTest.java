package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.carousel.serve.protocol.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener gets every result up to the one at which it is cut off. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionEventsTest {
  private static final int MOST_RESULTS = 1_024;
  private static final int MOST_NUMBERS = 262_144;

  @TempDir private Path folder;
  private Device device;
  private ServedModel model;
  private SessionPool pool;
  private String session;
  private final SessionEvents events = new SessionEvents();

  @BeforeEach
  void open() throws IOException {
    device = Devices.open("cpu");
    model = SmallModels.perStep(device, folder);
    pool = SessionPool.builder(model).build();
    session = pool.open();
  }

  @AfterEach
  void close() {
    pool.close();
    model.close();
    device.close();
  }

  /** Takes a result whenever it is let. */
  private static final class SlowListener implements Exchange, EventStream {
    private final Semaphore lets = new Semaphore(0);
    private final Semaphore asked = new Semaphore(0);
    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void send(String event, String data) {
      asked.release();
      if (event.equals("result")) {
        lets.acquireUninterruptibly();
      }
      taken.add(event.equals("result") ? data.replaceFirst(".*\"data\":\\[", "") : event);
    }

    @Override
    public void end(String event, String data) {
      send(event, data);
    }

    @Override
    public EventStream events() {
      return this;
    }

    @Override
    public void heartbeat() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}

    @Override
    public String method() {
      throw new AssertionError();
    }

    @Override
    public String path() {
      throw new AssertionError();
    }

    @Override
    public String query(String name) {
      throw new AssertionError();
    }

    @Override
    public String header(String name) {
      throw new AssertionError();
    }

    @Override
    public byte[] body() {
      throw new AssertionError();
    }

    @Override
    public void setHeader(String name, String value) {
      throw new AssertionError();
    }

    @Override
    public void respond(int status, String contentType, byte[] body) {
      throw new AssertionError();
    }
  }

  private void publish(int number, int size) {
    float[] values = new float[size];
    values[0] = number;
    ServedName named = new ServedName("m", model, pool);
    events.publish(session, Tensor.of(named.steps().output(), List.of(size / 2, 2), values));
  }

  private CompletableFuture<Void> listen(SlowListener listener) {
    ServedName named = new ServedName("m", model, pool);
    CompletableFuture<Void> streaming =
        CompletableFuture.runAsync(
            () -> {
              try {
                events.stream(named, pool, session, listener);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    listener.asked.acquireUninterruptibly(); // the event of the beginning
    return streaming;
  }

  /** Publishes results while the listener stands at the first, then more when it goes on. */
  private void fallsBehind(int size, int held) {
    SlowListener listener = new SlowListener();
    CompletableFuture<Void> streaming = listen(listener);
    int next = 0;
    publish(next++, size);
    listener.asked.acquireUninterruptibly();
    while (next < held + 3) { // two more than wait
      publish(next++, size);
    }
    int some = Math.min(held, 10);
    listener.lets.release(some);
    listener.asked.acquireUninterruptibly(some);
    for (int i = 0; i < 5; i++) { // there is room now, but what came before is lost
      publish(next++, size);
    }
    listener.lets.release(next);
    streaming.join();
    assertEquals("open", listener.taken.get(0));
    for (int i = 0; i <= held; i++) {
      String result = listener.taken.get(i + 1);
      assertEquals(i + ".0", result.substring(0, result.indexOf(',')), "no gap");
    }
    assertEquals(List.of("error"), listener.taken.subList(held + 2, listener.taken.size()));
  }

  @Test
  void aSlowListenerIsCutOffWithoutAGap() {
    fallsBehind(2, MOST_RESULTS);
  }

  @Test
  void longResultsAreBoundedByTheirNumbers() {
    fallsBehind(20_000, MOST_NUMBERS / 20_000);
  }

  @Test
  void oneResultMayBeOfAnyLength() {
    fallsBehind(MOST_NUMBERS + 2, 1);
  }

  @Test
  void theLastResultIsTakenBeforeTheEnd() {
    SlowListener listener = new SlowListener();
    CompletableFuture<Void> streaming = listen(listener);
    publish(0, 2);
    publish(1, 2);
    pool.close(session);
    listener.lets.release(2);
    streaming.join();
    assertEquals(List.of("open", "0.0", "1.0", "closed"), first(listener.taken));
  }

  /** A session is closed while its steps are done, which takes a while. */
  @Test
  void theResultUnderWayIsTakenBeforeTheEnd() throws InterruptedException {
    SlowListener listener = new SlowListener();
    CompletableFuture<Void> streaming = listen(listener);
    Semaphore doing = new Semaphore(0);
    Semaphore done = new Semaphore(0);
    CompletableFuture<float[]> answer =
        pool.step(
            session,
            new float[model.spec().recurrent().inputSize()],
            outputs -> {
              doing.release();
              done.acquireUninterruptibly();
              publish(7, 2);
            });
    doing.acquireUninterruptibly();
    pool.close(session);
    Thread.sleep(600); // longer than the stream waits for a result
    listener.lets.release();
    done.release();
    answer.join();
    streaming.join();
    assertEquals(List.of("open", "7.0", "closed"), first(listener.taken));
  }

  private static List<String> first(List<String> taken) {
    return taken.stream().map(text -> text.replaceFirst(",.*", "")).toList();
  }
}
