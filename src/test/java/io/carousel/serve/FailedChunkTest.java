package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.WatchedDevice;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call that fails half-way leaves its session as it was, and may be made again. */
class FailedChunkTest {
  private static final int INPUTS = ServeFixture.INPUTS;
  private static final int BEFORE = 3;
  private static final int STEPS = 600; // several pieces of a session, many turns of a pool

  @TempDir Path folder;
  private final RuntimeException failure = new IllegalStateException("a test's");

  /** Downloads until one fails; none does below 0. */
  private final AtomicInteger downloads = new AtomicInteger(-1);

  private interface Use {
    void of(ServedModel model);
  }

  private void serve(SequenceModelBuilder builder, Use use) throws IOException {
    Path file = ServeFixture.save(folder, builder);
    try (Device device = Devices.open("reference");
        ServedModel model =
            ServedModel.load(
                file,
                WatchedDevice.of(
                    device,
                    method -> {
                      if (method.equals("download") && downloads.getAndDecrement() == 0) {
                        throw failure;
                      }
                    }))) {
      use.of(model);
    }
  }

  private static SequenceModelBuilder everyStep() {
    return SequenceModel.around(Lstm.builder(INPUTS, 4).layers(2)).head(2);
  }

  private static SequenceModelBuilder lastStep() {
    return everyStep().readout(Readout.LAST_STATE);
  }

  private static final float[] FEATURES = ServeFixture.features(1, BEFORE + STEPS);
  private static final float[] FIRST = Arrays.copyOf(FEATURES, BEFORE * INPUTS);
  private static final float[] CHUNK =
      Arrays.copyOfRange(FEATURES, BEFORE * INPUTS, FEATURES.length);

  private static float[] expected(ServedModel model) {
    StreamingSession session = model.openSession();
    session.feed(FIRST);
    return session.feed(CHUNK);
  }

  /** Three downloads a turn: outputs, h and c. */
  @Test
  void ofAPool() throws IOException {
    for (SequenceModelBuilder builder : new SequenceModelBuilder[] {everyStep(), lastStep()}) {
      serve(
          builder,
          model -> {
            float[] expected = expected(model);
            try (SessionPool pool = SessionPool.builder(model).build()) {
              String id = pool.open();
              assertEquals(0, pool.steps(id));
              pool.step(id, FIRST).join();
              for (int failing : new int[] {0, 1, 2, 3, 20}) {
                downloads.set(failing);
                CompletableFuture<float[]> chunk = pool.step(id, CHUNK);
                Exception e = assertThrows(CompletionException.class, chunk::join);
                assertSame(failure, e.getCause());
                assertEquals(BEFORE, pool.steps(id));
                assertEquals(0, pool.metrics().queuedSteps());
              }
              assertArrayEquals(expected, pool.step(id, CHUNK).join());
              assertEquals(BEFORE + STEPS, pool.steps(id));
              assertEquals(BEFORE + STEPS, resumed(model, pool.export(id)).steps());
              assertThrows(NoSuchSessionException.class, () -> pool.steps("guessed"));
            }
          });
    }
  }

  private static StreamingSession resumed(ServedModel model, byte[] exported) {
    try {
      return model.resume(exported);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ofASession() throws IOException {
    for (SequenceModelBuilder builder : new SequenceModelBuilder[] {everyStep(), lastStep()}) {
      serve(
          builder,
          model -> {
            float[] expected = expected(model);
            StreamingSession session = model.openSession();
            session.feed(FIRST);
            for (int failing : new int[] {0, 1, 2, 3, 5}) {
              downloads.set(failing);
              assertSame(
                  failure, assertThrows(IllegalStateException.class, () -> session.feed(CHUNK)));
              assertEquals(BEFORE, session.steps());
            }
            assertArrayEquals(expected, session.feed(CHUNK));
            assertEquals(BEFORE + STEPS, session.steps());
          });
    }
  }
}
