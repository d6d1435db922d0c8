package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Queue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which streams go first where the GPU has no room for all. */
class QueuePriorityTest {
  /** However many there are: the layers of a wavefront are as many queues. */
  @Test
  void queuesBesideEachOtherAreEqualAndTheBackgroundMayWait() {
    RuntimeWithFaults runtime = new RuntimeWithFaults(Emulation.runtime(true, 64L << 20));
    try (Device device = new CudaDevice("cuda:0", runtime, DeviceOptions.DEFAULT);
        Queue queue = device.openQueue()) {
      Queue fourth = queue.beside().beside().beside();
      Queue background = fourth.background();
      assertEquals(List.of(true, true, true, true, false), runtime.opened);
      assertSame(background, queue.background());
      assertSame(background, background.background());
      background.beside();
      assertEquals(List.of(true, true, true, true, false, false), runtime.opened);
    }
  }
}
