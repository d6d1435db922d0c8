package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
  private static Device open() {
    return Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
  }

  private static BenchCase training(String shape) {
    return new BenchCase(
        Cell.GRU, BenchShape.parse(shape), 1, BenchMode.TRAIN, PlanChoice.AUTO, Precision.FP32);
  }

  @Test
  void casesTakeTurnsUntilEachHasEnoughQuietOnes() {
    List<Integer> told = new ArrayList<>();
    try (Device first = open();
        Device second = open();
        Measurement one =
            new Measurement(
                Suite.STREAM.workloads().get(0).with(PlanChoice.STEPWISE, Precision.FP32), first);
        Measurement two = new Measurement(training("T=4,B=3,I=2,H=5,lengths=ragged"), second)) {
      List<BenchResult> results =
          Benchmark.run(
              List.of(one, two),
              0.02,
              (done, total) -> {
                assertEquals(2 * (5 + 1), total, "two warm-ups, two times five turns");
                told.add(done);
              });
      assertEquals(results.get(0).turns(), results.get(1).turns(), "in rounds");
      int turns = results.get(0).turns();
      assertTrue(turns >= 5 && turns <= 10, turns + " turns");
      assertEquals(2 * (turns + 1), told.size());
      assertEquals(12, told.get(told.size() - 1), "never more than there are");
      for (BenchResult result : results) {
        assertTrue(turns == 10 || result.quietTurns() >= 5, result.toString());
        assertTrue(result.quietTurns() <= turns);
        assertTrue(result.seconds().count() >= Math.max(1, result.quietTurns()));
        assertEquals(0, result.deviceAllocations());
        assertEquals(result.seconds().count(), result.hostSeconds().count());
      }
      assertEquals("stepwise", results.get(0).kernel());
    }
  }

  @Test
  void memoryIsThatOfTheOneWorkload() {
    try (Device device = open();
        Measurement one = new Measurement(training("T=4,B=3,I=2,H=5"), device)) {
      BenchResult result = Benchmark.run(List.of(one), 0.01, (done, total) -> {}).get(0);
      assertEquals(device.peakAllocatedBytes(), result.peakDeviceBytes());
      assertTrue(result.deviceBytes() > 0 && result.deviceBytes() <= result.peakDeviceBytes());
    }
  }
}
