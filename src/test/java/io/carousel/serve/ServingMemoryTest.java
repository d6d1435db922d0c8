package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** What open sessions and reloaded models cost. Long form: {@code -Dcarousel.serve.loads=1000}. */
class ServingMemoryTest {
  private static final int LOADS = Integer.getInteger("carousel.serve.loads", 100);
  private static final int SESSIONS = 10_000;
  private static final int HIDDEN = 128;

  /** h and c, each with its object, session, name and places in maps and lists. */
  private static final long MOST_BYTES_PER_SESSION = 2 * HIDDEN * Float.BYTES + 1024;

  @TempDir Path folder;

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }

  private Path model() throws IOException {
    return ServeFixture.save(
        folder, SequenceModel.around(Lstm.builder(ServeFixture.INPUTS, HIDDEN)).head(2));
  }

  @Test
  void tenThousandOpenSessionsAreSmall(TestReporter reporter) throws IOException {
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(model(), device);
        SessionPool pool = SessionPool.builder(model).maxDelay(Duration.ZERO).build()) {
      step(pool, List.of(pool.open())); // what is made once
      long onDevice = -1;
      long before = usedHeap();
      List<String> ids = new ArrayList<>();
      for (int n = 1; n < SESSIONS; n++) {
        ids.add(pool.open());
        if (n % 1000 == 0) {
          step(pool, ids.subList(n - 1000, n));
          onDevice = onDevice < 0 ? device.allocatedBytes() : onDevice;
        }
      }
      step(pool, ids);
      assertEquals(SESSIONS, pool.metrics().residentSessions());
      long each = (usedHeap() - before) / SESSIONS;
      reporter.publishEntry("heap bytes per session of 128 units", Long.toString(each));
      assertTrue(each < MOST_BYTES_PER_SESSION, each + " bytes each");
      assertTrue(device.allocatedBytes() <= 2 * onDevice, "device memory grows with sessions");
    }
  }

  @Test
  void evictedSessionsLeaveTheHeap(TestReporter reporter) throws IOException {
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(model(), device);
        SessionPool pool =
            SessionPool.builder(model)
                .maxDelay(Duration.ZERO)
                .maxResident(100)
                .store(SessionStore.folder(folder.resolve("sessions")))
                .build()) {
      step(pool, List.of(pool.open()));
      long before = usedHeap();
      List<String> ids = new ArrayList<>();
      for (int n = 0; n < 2000; n++) {
        ids.add(pool.open());
        step(pool, ids.subList(n, n + 1));
      }
      while (pool.metrics().residentSessions() > 100) {
        Thread.onSpinWait();
      }
      long each = (usedHeap() - before) / 2000;
      reporter.publishEntry("heap bytes per evicted session", Long.toString(each));
      assertTrue(each < 2 * HIDDEN * Float.BYTES, each + " bytes each");
    }
  }

  private static void step(SessionPool pool, List<String> ids) {
    List<CompletableFuture<float[]>> answers = new ArrayList<>();
    for (String id : ids) {
      answers.add(pool.step(id, new float[ServeFixture.INPUTS]));
    }
    answers.forEach(CompletableFuture::join);
  }

  @Test
  void loadingAndClosingAgainAndAgainTakesNoMemory(TestReporter reporter) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "the system tells no resident set");
    Path file = model();
    try (Device device = Devices.open("cpu")) {
      loads(device, file, LOADS / 4);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 3; round++) {
        long before = residentKilobytes();
        loads(device, file, LOADS / 4);
        least = Math.min(least, residentKilobytes() - before);
      }
      reporter.publishEntry(
          "least resident KiB grown in " + LOADS / 4 + " loads", Long.toString(least));
      // without a close each load would leave the model's 540 KB, in every round; the Java heap,
      // which grows as it likes, does so in one
      assertTrue(least < LOADS / 4 * 540 / 2, least + " KiB more");
    }
  }

  private static void loads(Device device, Path file, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (ServedModel model = ServedModel.load(file, device);
          SessionPool pool = SessionPool.builder(model).build()) {
        step(pool, List.of(pool.open(), pool.open()));
      }
      assertEquals(0, device.allocatedBytes());
    }
    System.gc();
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmRSS");
  }
}
