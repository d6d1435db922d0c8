package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.HeapAllocation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.rnn.Gru;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a full pool refuses costs next to nothing, however long it is. */
class RefusedStepTest {
  private static final int STEPS = 10_000;

  @TempDir Path folder;

  @Test
  void nothingIsMadeForFeaturesThatAreRefused() throws IOException {
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 4), device)) {
      float[] features = new float[STEPS * ServeFixture.INPUTS];
      requireCheap(model, (pool, id) -> pool.step(id, features));
    }
  }

  @Test
  void nothingIsMadeForIdsThatAreRefused() throws IOException {
    Path file =
        ServeFixture.save(folder, SequenceModel.around(Gru.builder(4, 4)).embedding(5).head(2));
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(file, device)) {
      int[] ids = new int[STEPS];
      requireCheap(model, (pool, id) -> pool.step(id, ids));
    }
  }

  private interface Call {
    CompletableFuture<float[]> step(SessionPool pool, String id);
  }

  private static void requireCheap(ServedModel model, Call call) {
    SessionPool.Builder builder = SessionPool.builder(model);
    try (SessionPool pool = builder.maxQueued(STEPS).maxDelay(Duration.ofMinutes(1)).build()) {
      String id = pool.open();
      pool.open(); // so that the first one waits for it
      CompletableFuture<float[]> waiting = call.step(pool, id);
      long bytes =
          HeapAllocation.least(
              () -> assertThrows(PoolBusyException.class, () -> call.step(pool, id)));
      assertTrue(bytes / 10_000 < STEPS, "a refusal allocates " + bytes / 10_000 + " bytes");
      assertFalse(waiting.isDone());
      assertEquals(STEPS, pool.metrics().queuedSteps());
    }
  }
}
