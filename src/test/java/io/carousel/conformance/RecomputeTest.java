package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a persistent plan keeps from forward to backward, with all gates and with states only. */
class RecomputeTest {
  private static final int UNITS = 64;
  private static final PackedShape FIRST = PackedShape.dense(128, 8);

  /** Another shape, so that its pass is not recorded; it fits into what the first one used. */
  private static final PackedShape SECOND = PackedShape.dense(127, 8);

  private static final RecurrentSpec LSTM =
      RecurrentSpec.lstm(1, UNITS).withPrecision(Precision.BF16);

  /**
   * Bytes for each time step, sequence and unit that one open pass more takes, less its output of 4
   * bytes: scratch memory, which a pass does not keep, is there from the first one.
   */
  private static double bytesKept(boolean recompute) {
    DeviceProvider provider = TestDevices.provider("cuda-emulated");
    String why = provider.whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    try (Device device = provider.open(0, DeviceOptions.DEFAULT.withRecompute(recompute));
        Queue queue = device.openQueue();
        RecurrentPlan plan = device.fusedPlan(LSTM, PlanCapacity.of(FIRST));
        PlanFixture first = new PlanFixture(queue, LSTM, FIRST, 0);
        PlanFixture second = new PlanFixture(queue, LSTM, SECOND, 0)) {
      assertEquals(recompute ? "persistent-bf16-recompute" : "persistent-bf16", plan.kernel());
      try (RecurrentPlan.Pass open = first.forward(plan)) {
        long before = device.allocatedBytes();
        second.forward(plan).close();
        return (double) (device.allocatedBytes() - before) / (FIRST.rows() * UNITS)
            - Float.BYTES * open.output().size() / ((double) FIRST.rows() * UNITS);
      }
    }
  }

  @Test
  void statesAloneAreAFractionOfAllGates() {
    double all = bytesKept(false);
    double states = bytesKept(true);
    assertTrue(all >= 14, "i, f, g, o and h in 2 bytes, c in 4: " + all);
    assertTrue(states <= 3, "h in 2 bytes and now and then c: " + states);
  }
}
