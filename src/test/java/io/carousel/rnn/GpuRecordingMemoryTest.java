package io.carousel.rnn;

import io.carousel.RealGpu;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import org.junit.jupiter.api.Tag;

/** Recordings where memory is scarce, on a real GPU. */
@Tag("gpu")
class GpuRecordingMemoryTest extends RecordingMemoryTest {
  @Override
  Device open(DeviceOptions options) {
    return RealGpu.openPersistent(options);
  }
}
