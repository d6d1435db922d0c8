package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SessionPoolTest {
  private static final int STEPS = 40;
  private static final int INPUTS = ServeFixture.INPUTS;
  private static final int OUTPUTS = ServeFixture.OUTPUTS;

  @TempDir Path folder;
  private Device device;
  private ServedModel model;

  @BeforeEach
  void load() throws IOException {
    device = Devices.open("cpu");
    model = ServedModel.load(ServeFixture.lstm(folder, 16), device);
  }

  @AfterEach
  void close() {
    model.close();
    device.close();
  }

  @Test
  void manySessionsInAnyPiecesEqualTheWholeSequence() {
    try (SessionPool pool = SessionPool.builder(model).maxBatch(16).build()) {
      requireStreams(pool, 50, false);
      assertEquals(50 * STEPS, pool.metrics().steps());
      assertEquals(0, pool.metrics().queuedSteps());
      assertEquals(0, pool.metrics().failed());
      assertTrue(pool.metrics().batchSizes().percentile(1) > 1, "nothing was gathered");
    }
  }

  @Test
  void evictedSessionsComeBackBitEqual() throws IOException {
    for (SessionStore store :
        List.of(SessionStore.inMemory(), SessionStore.folder(folder.resolve("sessions")))) {
      try (SessionPool pool =
          SessionPool.builder(model)
              .maxBatch(8)
              .maxResident(3)
              .idleAfter(Duration.ofMillis(20))
              .store(store)
              .build()) {
        requireStreams(pool, 40, true);
        assertTrue(pool.metrics().evicted() > 40, "evicted " + pool.metrics().evicted());
        assertTrue(pool.metrics().restored() > 40, "restored " + pool.metrics().restored());
        while (pool.metrics().residentSessions() > 3) {
          Thread.onSpinWait(); // the last batch may be putting its sessions away
        }
      }
    }
    assertArrayEquals(new String[0], folder.resolve("sessions").toFile().list());
  }

  /** Steps, pairs and longer chunks in turns; without pauses all are fed before any answers. */
  private void requireStreams(SessionPool pool, int sessions, boolean pauses) {
    List<String> ids = new ArrayList<>();
    List<List<CompletableFuture<float[]>>> answers = new ArrayList<>();
    for (int n = 0; n < sessions; n++) {
      ids.add(pool.open());
      answers.add(new ArrayList<>());
    }
    int[] next = new int[sessions];
    for (int round = 0; round < STEPS; round++) {
      for (int n = 0; n < sessions; n++) {
        float[] features = ServeFixture.features(n, STEPS);
        int size = Math.min(STEPS - next[n], round % 7 == n % 7 ? 9 : 1 + (round + n) % 2);
        if (size > 0) {
          float[] chunk = Arrays.copyOfRange(features, next[n] * INPUTS, (next[n] + size) * INPUTS);
          answers.get(n).add(pool.step(ids.get(n), chunk));
          next[n] += size;
        }
      }
      if (pauses) {
        answers.forEach(ofSession -> ofSession.forEach(CompletableFuture::join));
      }
    }
    for (int n = 0; n < sessions; n++) {
      float[] all = new float[STEPS * OUTPUTS];
      int at = 0;
      for (CompletableFuture<float[]> answer : answers.get(n)) {
        float[] outputs = answer.join();
        System.arraycopy(outputs, 0, all, at, outputs.length);
        at += outputs.length;
      }
      assertArrayEquals(ServeFixture.whole(model, ServeFixture.features(n, STEPS)), all);
    }
  }

  @Test
  void exportedAfterTheStepsBeforeAndResumedAnywhere() throws IOException {
    float[] features = ServeFixture.features(3, STEPS);
    float[] whole = ServeFixture.whole(model, features);
    try (SessionPool pool = SessionPool.builder(model).build()) {
      String id = pool.open();
      CompletableFuture<float[]> first = pool.step(id, Arrays.copyOf(features, 11 * INPUTS));
      byte[] exported = pool.export(id);
      assertTrue(first.isDone());
      float[] rest = Arrays.copyOfRange(features, 11 * INPUTS, features.length);
      float[] expected = Arrays.copyOfRange(whole, 11 * OUTPUTS, whole.length);
      assertArrayEquals(expected, pool.step(id, rest).join());
      assertArrayEquals(expected, pool.step(pool.resume(exported), rest).join());
      StreamingSession session = model.resume(exported);
      assertEquals(11, session.steps());
      assertArrayEquals(expected, session.feed(rest));
    }
  }

  @Test
  void refusesWhatItDoesNotHold() {
    float[] step = new float[INPUTS];
    try (SessionPool pool = SessionPool.builder(model).maxSessions(2).maxQueued(10).build()) {
      String id = pool.open();
      pool.open();
      assertThrows(PoolBusyException.class, pool::open);
      assertThrows(NoSuchSessionException.class, () -> pool.step("guessed", step));
      pool.close(id);
      assertThrows(NoSuchSessionException.class, () -> pool.step(id, step));
      assertThrows(NoSuchSessionException.class, () -> pool.close(id));
      String other = pool.open();
      assertThrows(IllegalArgumentException.class, () -> pool.step(other, new float[11 * INPUTS]));
      assertThrows(IllegalArgumentException.class, () -> pool.step(other, new float[INPUTS + 1]));
      assertThrows(IllegalArgumentException.class, () -> pool.step(other, new int[] {1}));
      assertEquals(1, pool.metrics().rejected());
    }
  }

  @Test
  void aFullQueueIsRefusedAndNothingIsLost() {
    try (SessionPool pool =
        SessionPool.builder(model).maxQueued(4).maxDelay(Duration.ofMillis(200)).build()) {
      String id = pool.open();
      pool.open(); // so that the first one waits for it
      List<CompletableFuture<float[]>> accepted = new ArrayList<>();
      int refused = 0;
      for (int i = 0; i < 8; i++) {
        try {
          accepted.add(pool.step(id, new float[INPUTS]));
        } catch (PoolBusyException e) {
          refused++;
        }
      }
      assertEquals(4, refused);
      assertEquals(4, accepted.size());
      accepted.forEach(CompletableFuture::join);
      pool.step(id, new float[INPUTS]).join();
    }
  }

  @Test
  void closingFinishesWhatWasAccepted() {
    SessionPool pool = SessionPool.builder(model).maxDelay(Duration.ofSeconds(10)).build();
    List<CompletableFuture<float[]>> accepted = new ArrayList<>();
    for (int n = 0; n < 20; n++) {
      String id = pool.open();
      for (int t = 0; t < 3; t++) {
        accepted.add(pool.step(id, new float[INPUTS]));
      }
    }
    pool.open();
    pool.close();
    accepted.forEach(answer -> assertTrue(answer.isDone() && !answer.isCompletedExceptionally()));
    assertThrows(IllegalStateException.class, pool::open);
    assertEquals(0, pool.metrics().openSessions());
    assertEquals(0, pool.metrics().residentSessions());
    pool.close();
  }

  @Test
  void stepsBehindAClosedSessionFail() {
    try (SessionPool pool = SessionPool.builder(model).maxDelay(Duration.ofSeconds(10)).build()) {
      String id = pool.open();
      pool.open();
      CompletableFuture<float[]> waiting = pool.step(id, new float[INPUTS]);
      pool.close(id);
      Exception e = assertThrows(CompletionException.class, waiting::join);
      assertTrue(e.getCause() instanceof NoSuchSessionException, e.toString());
      assertEquals(0, pool.metrics().queuedSteps());
    }
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void forgottenSessionsExpire() throws InterruptedException {
    try (SessionPool pool = SessionPool.builder(model).expireAfter(Duration.ofMillis(20)).build()) {
      String id = pool.open();
      pool.step(id, new float[INPUTS]).join();
      while (pool.metrics().openSessions() > 0 || pool.metrics().residentSessions() > 0) {
        Thread.sleep(5); // the state goes after the name
      }
      assertThrows(NoSuchSessionException.class, () -> pool.step(id, new float[INPUTS]));
      assertEquals(1, pool.metrics().expired());
    }
  }

  @Test
  void sessionsThatAreClosedMeanwhileDoNotDisturbClosing() throws Exception {
    for (int round = 0; round < 20; round++) {
      SessionPool pool = SessionPool.builder(model).build();
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        ids.add(pool.open());
      }
      CompletableFuture<Void> others =
          CompletableFuture.runAsync(() -> ids.forEach(id -> closeIfOpen(pool, id)));
      pool.close();
      others.get();
      assertEquals(0, pool.metrics().openSessions());
    }
  }

  private static void closeIfOpen(SessionPool pool, String id) {
    try {
      pool.close(id);
    } catch (NoSuchSessionException e) {
      // the pool was first
    }
  }

  /** A store that has no heap left, as a process may have none for a moment. */
  private static final class FullStore implements SessionStore {
    @Override
    public void save(String id, byte[] exported) {
      throw new OutOfMemoryError("a test's");
    }

    @Override
    public byte[] load(String id) {
      throw new OutOfMemoryError("a test's");
    }

    @Override
    public void delete(String id) {}
  }

  private interface Failure {
    void fail() throws IOException;
  }

  /** What was loaded is there, whatever becomes of the bytes in the store. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aStoreThatCannotDeleteFailsNoStep() {
    aStoreThatCannotDeleteFailsNoStep(
        () -> {
          throw new IOException("a test's");
        });
  }

  /** Nor does it end a worker, for which closing would wait. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void wantOfHeapInDeletingFailsNoStep() {
    aStoreThatCannotDeleteFailsNoStep(
        () -> {
          throw new OutOfMemoryError("a test's");
        });
  }

  private void aStoreThatCannotDeleteFailsNoStep(Failure failure) {
    SessionStore kept = SessionStore.inMemory();
    SessionStore store =
        new SessionStore() {
          @Override
          public void save(String id, byte[] exported) throws IOException {
            kept.save(id, exported);
          }

          @Override
          public byte[] load(String id) throws IOException {
            return kept.load(id);
          }

          @Override
          public void delete(String id) throws IOException {
            failure.fail();
          }
        };
    try (SessionPool pool = SessionPool.builder(model).maxResident(1).store(store).build()) {
      List<String> ids = List.of(pool.open(), pool.open(), pool.open());
      float[] features = ServeFixture.features(3, 4);
      float[] whole = ServeFixture.whole(model, features);
      for (int t = 0; t < 4; t++) {
        float[] step = Arrays.copyOfRange(features, t * INPUTS, (t + 1) * INPUTS);
        float[] expected = Arrays.copyOfRange(whole, t * OUTPUTS, (t + 1) * OUTPUTS);
        for (String id : ids) {
          assertArrayEquals(expected, pool.step(id, step).join());
        }
        while (pool.metrics().residentSessions() > 1) {
          Thread.onSpinWait(); // until two of the three are put away
        }
      }
      assertTrue(pool.metrics().restored() >= 6, "restored " + pool.metrics().restored());
      assertEquals(0, pool.metrics().failed());
      ids.forEach(pool::close);
    }
  }

  /** Which would wait for itself, or with several for each other. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aThreadOfThePoolMayNotCloseIt() {
    for (int workers = 1; workers <= 2; workers++) {
      try (SessionPool pool =
          SessionPool.builder(model).workers(workers).maxDelay(Duration.ofMinutes(1)).build()) {
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        String idle = pool.open(); // for which the others wait
        for (int i = 0; i < workers; i++) {
          CompletableFuture<float[]> answer = pool.step(pool.open(), new float[INPUTS]);
          closed.add(
              answer.thenAccept(
                  y -> {
                    assertTrue(Thread.currentThread().getName().startsWith("carousel-pool-"));
                    pool.close();
                  }));
        }
        pool.close(idle);
        for (CompletableFuture<Void> call : closed) {
          Exception e = assertThrows(CompletionException.class, call::join);
          assertTrue(e.getCause() instanceof IllegalStateException, e.toString());
          assertTrue(e.getCause().getMessage().contains("own threads"), e.toString());
        }
        assertEquals(workers, pool.metrics().openSessions()); // nothing was closed
        pool.close(pool.open()); // which a closed pool refuses
      }
    }
  }

  /** Times beyond those that a long has in nanoseconds are as good as never. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void timesOfAnyLength() throws InterruptedException {
    for (Duration age : List.of(Duration.ofDays(200_000), Duration.ofSeconds(Long.MAX_VALUE))) {
      try (SessionPool pool =
          SessionPool.builder(model)
              .maxDelay(age)
              .expireAfter(age)
              .idleAfter(Duration.ofMillis(20))
              .build()) {
        String id = pool.open();
        pool.step(id, new float[INPUTS]).join();
        while (pool.metrics().evicted() == 0) {
          Thread.sleep(5);
        }
        pool.step(id, new float[INPUTS]).join();
        assertEquals(0, pool.metrics().expired());
      }
      try (SessionPool pool = SessionPool.builder(model).idleAfter(age).build()) {
        pool.step(pool.open(), new float[INPUTS]).join();
      }
    }
  }

  @Test
  void wantOfHeapInAStoreEndsNoWorker() {
    try (SessionPool pool =
        SessionPool.builder(model).maxResident(1).store(new FullStore()).build()) {
      List<String> ids = List.of(pool.open(), pool.open(), pool.open());
      for (int step = 0; step < 3; step++) {
        for (String id : ids) {
          assertEquals(OUTPUTS, pool.step(id, new float[INPUTS]).join().length);
        }
      }
    }
  }

  /** As a process that was killed leaves it. */
  @Test
  void aSessionThatWasLeftInAFolderGoesOnByItsName() throws IOException {
    float[] features = ServeFixture.features(3, STEPS);
    float[] whole = ServeFixture.whole(model, features);
    Path left = folder.resolve("left");
    try (SessionPool killed = SessionPool.builder(model).build();
        SessionPool pool =
            SessionPool.builder(model).store(SessionStore.folder(left)).maxResident(1).build()) {
      String id = killed.open();
      killed.step(id, Arrays.copyOf(features, 11 * INPUTS)).join();
      SessionStore.folder(left).save(id, killed.export(id));
      SessionStore store = SessionStore.folder(left); // which deletes nothing
      String again = pool.resume(store.load(id));
      store.delete(id);
      float[] rest = Arrays.copyOfRange(features, 11 * INPUTS, features.length);
      assertArrayEquals(
          Arrays.copyOfRange(whole, 11 * OUTPUTS, whole.length), pool.step(again, rest).join());
      assertArrayEquals(new String[0], left.toFile().list());
    }
  }

  @Test
  void filesOfSessionsAreTheirOwnersAlone() throws IOException {
    Path sessions = Files.createDirectory(folder.resolve("open-to-all"));
    SessionStore store = SessionStore.folder(sessions);
    store.save("a", new byte[] {1});
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(sessions.resolve("a.stream"))));
    Files.createDirectory(sessions.resolve("b.stream"));
    Files.createFile(sessions.resolve("b.stream/taken"));
    assertThrows(IOException.class, () -> store.save("b", new byte[] {1}));
    assertFalse(Files.exists(sessions.resolve("b.part")), "half a session is left");
  }
}
