package io.carousel.rnn;

import io.carousel.RealGpu;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import org.junit.jupiter.api.Tag;

/** Graphs on and off, bit for bit, on a real GPU. */
@Tag("gpu")
class GpuPassRecordingTest extends PassRecordingTest {
  @Override
  Device open(DeviceOptions options) {
    return RealGpu.openPersistent(options);
  }
}
