package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.WatchedDevice;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads at once, and closing in the middle. The long forms, run by hand: {@code
 * -Dcarousel.serve.steps=10000 -Dcarousel.serve.races=10000}.
 */
class ServingRaceTest {
  private static final int STEPS = Integer.getInteger("carousel.serve.steps", 300);
  private static final int RACES = Integer.getInteger("carousel.serve.races", 300);
  private static final int THREADS = 64;
  private static final int INPUTS = ServeFixture.INPUTS;
  private static final int OUTPUTS = ServeFixture.OUTPUTS;

  @TempDir Path folder;

  private static Device device() {
    return Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
  }

  /** Threads of tests, and what they threw. */
  private static void inParallel(List<Callable<Void>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void sixtyFourThreadsEqualOne() throws Exception {
    try (Device device = device();
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 32), device);
        SessionPool pool = SessionPool.builder(model).maxResident(40).build()) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int n = 0; n < THREADS; n++) {
        float[] features = ServeFixture.features(n, STEPS);
        float[] expected = ServeFixture.whole(model, features);
        boolean pooled = n % 2 == 0;
        tasks.add(
            () -> {
              StreamingSession session = model.openSession();
              String id = pool.open();
              for (int t = 0; t < STEPS; t++) {
                float[] step = Arrays.copyOfRange(features, t * INPUTS, (t + 1) * INPUTS);
                float[] outputs = pooled ? pool.step(id, step).get() : session.step(step);
                for (int i = 0; i < OUTPUTS; i++) {
                  if (outputs[i] != expected[t * OUTPUTS + i]) {
                    throw new AssertionError("step " + t + " differs, pooled " + pooled);
                  }
                }
              }
              return null;
            });
      }
      inParallel(tasks);
      assertEquals((long) THREADS / 2 * STEPS, pool.metrics().steps());
    }
  }

  /** A second thread is refused, by name; the first one's stream is what it would be alone. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void twoThreadsInOneSessionAreDetected() throws Exception {
    AtomicBoolean armed = new AtomicBoolean();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    try (Device device = Devices.open("reference");
        ServedModel model =
            ServedModel.load(
                ServeFixture.lstm(folder, 4),
                WatchedDevice.of(
                    device,
                    method -> {
                      if (armed.compareAndSet(true, false)) {
                        inside.countDown();
                        try {
                          seen.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }
                    }))) {
      float[] features = ServeFixture.features(1, 40);
      float[] expected = ServeFixture.whole(model, features);
      StreamingSession session = model.openSession();
      armed.set(true);
      CompletableFuture<float[]> outputs = new CompletableFuture<>();
      Thread first =
          new Thread(
              () -> {
                try {
                  outputs.complete(session.feed(features));
                } catch (RuntimeException e) {
                  outputs.completeExceptionally(e);
                }
              },
              "first");
      first.start();
      inside.await();
      Thread.currentThread().setName("second");
      List<Executable> calls =
          List.of(session::export, () -> session.step(1, 2, 3), () -> session.feed(features));
      for (Executable call : calls) {
        String message = assertThrows(IllegalStateException.class, call).getMessage();
        assertTrue(message.contains("in use by thread 'first'"), message);
        assertTrue(message.contains("thread 'second'"), message);
      }
      seen.countDown();
      assertArrayEquals(expected, outputs.get());
      assertEquals(40, session.steps());
    }
  }

  /** Model, sessions and pool are closed in the middle of steps; every call ends one way. */
  @Test
  void closingDuringUseEndsEveryCall() throws Exception {
    Path file = ServeFixture.lstm(folder, 8);
    AtomicInteger right = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (Device device = device()) {
      float[] features = ServeFixture.features(1, 12);
      float[] expected;
      try (ServedModel model = ServedModel.load(file, device)) {
        expected = ServeFixture.whole(model, features);
      }
      for (int race = 0; race < RACES; race++) {
        ServedModel model = ServedModel.load(file, device);
        SessionPool pool =
            SessionPool.builder(model).maxDelay(Duration.ofNanos(race % 3 * 20_000L)).build();
        StreamingSession session = model.openSession();
        String id = pool.open();
        CountDownLatch start = new CountDownLatch(1);
        int closes = race % 4;
        int spins = race * 7919 % 4000;
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(
            () -> {
              start.await();
              return steps(features, expected, session::step, right, refused);
            });
        tasks.add(
            () -> {
              start.await();
              return steps(features, expected, step -> pool.step(id, step).get(), right, refused);
            });
        tasks.add(
            () -> {
              start.countDown();
              for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
              }
              switch (closes) {
                case 0 -> model.close();
                case 1 -> session.close();
                case 2 -> pool.close(id);
                default -> pool.close();
              }
              return null;
            });
        inParallel(tasks);
        pool.close();
        model.close();
        assertEquals(0, device.allocatedBytes(), "race " + race);
      }
    }
    assertEquals(2 * RACES, right.get() + refused.get());
    assertTrue(right.get() > 0 && refused.get() > 0, right + " ended, " + refused + " refused");
  }

  private interface Step {
    float[] run(float[] features) throws Exception;
  }

  private static Void steps(
      float[] features, float[] expected, Step step, AtomicInteger right, AtomicInteger refused)
      throws Exception {
    for (int t = 0; t < features.length / INPUTS; t++) {
      float[] outputs;
      try {
        outputs = step.run(Arrays.copyOfRange(features, t * INPUTS, (t + 1) * INPUTS));
      } catch (Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (!(cause instanceof IllegalStateException || cause instanceof NoSuchSessionException)) {
          throw e;
        }
        refused.incrementAndGet();
        return null;
      }
      assertArrayEquals(
          Arrays.copyOfRange(expected, t * OUTPUTS, (t + 1) * OUTPUTS), outputs, "step " + t);
    }
    right.incrementAndGet();
    return null;
  }
}
