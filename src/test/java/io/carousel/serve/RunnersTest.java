package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.WatchedDevice;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runners are made when they are needed. */
class RunnersTest {
  private static final ServingOptions TWO = ServingOptions.DEFAULT.withRunners(2);

  @TempDir Path folder;

  /** What the device does before it opens a queue. */
  private final AtomicReference<Runnable> opening = new AtomicReference<>(() -> {});

  private Device watched(Device device) {
    return WatchedDevice.of(
        device,
        method -> {
          if (method.equals("openQueue")) {
            opening.get().run();
          }
        });
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForOneThatIsMade() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch made = new CountDownLatch(1);
    try (Device device = Devices.open("reference");
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 4), watched(device), TWO)) {
      Runners runners = model.runners();
      Runner first = runners.lend();
      opening.set(
          () -> {
            making.countDown();
            try {
              made.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      CompletableFuture<Runner> second = CompletableFuture.supplyAsync(runners::lend);
      making.await();
      runners.giveBack(first);
      Runner again = runners.lend(); // while the second one is made
      assertSame(first, again);
      made.countDown();
      Runner other = second.get(60, TimeUnit.SECONDS);
      assertNotSame(first, other);
      runners.giveBack(again);
      runners.giveBack(other);
    }
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void oneThatCannotBeMadeTakesNoPlace() throws IOException {
    try (Device device = Devices.open("reference");
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 4), watched(device), TWO)) {
      Runners runners = model.runners();
      Runner first = runners.lend();
      opening.set(
          () -> {
            throw new IllegalStateException("a test's");
          });
      for (int i = 0; i < 3; i++) {
        assertEquals(
            "a test's", assertThrows(IllegalStateException.class, runners::lend).getMessage());
      }
      opening.set(() -> {});
      Runner second = runners.lend();
      runners.giveBack(first);
      runners.giveBack(second);
    }
  }
}
