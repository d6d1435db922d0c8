package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.rnn.Gru;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who listens to a session hears of every step, and disturbs none. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StepListenerTest {
  @TempDir Path folder;
  private Device device;
  private ServedModel model;

  @BeforeEach
  void load() throws IOException {
    device = Devices.open("cpu");
    model =
        ServedModel.load(
            ServeFixture.save(folder, SequenceModel.around(Gru.builder(4, 4)).embedding(5).head(2)),
            device);
  }

  @AfterEach
  void close() {
    model.close();
    device.close();
  }

  /** The caller gives up; the steps are done all the same. */
  @Test
  void hearsStepsWhoseCallerHasGivenUp() {
    List<float[]> heard = new ArrayList<>();
    try (SessionPool pool = SessionPool.builder(model).maxDelay(Duration.ofMinutes(1)).build()) {
      String idle = pool.open(); // for which the other waits
      String id = pool.open();
      CompletableFuture<float[]> answer = pool.step(id, new int[] {1}, heard::add);
      answer.cancel(false);
      pool.close(idle);
      pool.export(id);
      assertEquals(1, pool.steps(id));
      assertEquals(1, heard.size());
      assertThrows(CancellationException.class, answer::join);
    }
  }

  @Test
  void failsNoStep() {
    try (SessionPool pool = SessionPool.builder(model).build()) {
      String id = pool.open();
      float[] outputs =
          pool.step(
                  id,
                  new int[] {1},
                  values -> {
                    throw new AssertionError("a test's");
                  })
              .join();
      assertEquals(2, outputs.length);
      assertEquals(1, pool.steps(id));
    }
  }

  /** What hangs on the future gets the same failure, whether or not somebody listens. */
  @Test
  void changesNoFailure() {
    try (SessionPool pool = SessionPool.builder(model).maxDelay(Duration.ofMinutes(1)).build()) {
      pool.open(); // for which the other waits
      String id = pool.open();
      List<Throwable> failures = new ArrayList<>();
      CompletableFuture<float[]> answer =
          pool.step(
              id,
              new int[] {1},
              values -> {
                throw new AssertionError("there is nothing to hear");
              });
      CompletableFuture<float[]> after = answer.whenComplete((y, e) -> failures.add(e));
      pool.close(id);
      Exception e = assertThrows(CompletionException.class, after::join);
      assertTrue(e.getCause() instanceof NoSuchSessionException, e.toString());
      assertSame(e.getCause(), failures.get(0));
    }
  }
}
