package io.carousel.device.cuda;

import io.carousel.device.DeviceOptions;
import io.carousel.device.cuda.EmulatedRuntime.Timing;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Emulated GPUs for tests of the device itself. */
final class Emulation {
  private static final long CAPACITY_BYTES = 256L << 20;

  private Emulation() {}

  /** Whether threads run in reverse order and streams as late as possible. */
  static Stream<Boolean> orders() {
    return Stream.of(false, true);
  }

  static CudaRuntime runtime(boolean reversed, long capacityBytes) {
    return runtime(reversed, reversed ? Timing.LATE : Timing.AT_ONCE, capacityBytes);
  }

  static CudaRuntime runtime(boolean reversed, Timing timing, long capacityBytes) {
    String why = new EmulatedProvider().whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    NativeLibrary.load(EmulatedProviders.LIBRARY);
    return new EmulatedRuntime(reversed, timing, capacityBytes);
  }

  static CudaDevice open(boolean reversed) {
    return new CudaDevice("cuda:0", runtime(reversed, CAPACITY_BYTES), DeviceOptions.DEFAULT);
  }

  /** Streams as late as possible: what nothing waits for has not happened. */
  static CudaDevice open() {
    return open(true);
  }
}
