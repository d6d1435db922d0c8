package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.cli.bench.Soak.Look;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.ElementType;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SoakTest {
  private static final long MEBIBYTE = 1 << 20;

  private static List<Look> train(Device device, long steps, Consumer<Look> listener) {
    BenchCase what = Suite.SOAK.workloads().get(0).with(PlanChoice.AUTO, Precision.FP32);
    return Soak.run(device, what.shape(), what.spec(), what.plan(), steps, listener);
  }

  private static Device open() {
    return Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
  }

  private static Look deviceOnly(Look look) {
    return new Look(
        look.step(), 0, 0, look.deviceBytes(), look.deviceAllocations(), OptionalLong.empty(), 0);
  }

  /** The short form of a million steps: dense and ragged batches, a loss that falls. */
  @Test
  void trainingKeepsItsMemory() {
    List<Look> told = new ArrayList<>();
    List<Look> looks;
    try (Device device = open()) {
      looks = train(device, 2000, told::add);
      assertEquals(0, device.allocatedBytes(), "all was given back");
    }
    assertEquals(looks, told);
    assertNull(Soak.growth(looks.stream().map(SoakTest::deviceOnly).toList()));
    assertTrue(looks.get(8).loss() < 0.2 * looks.get(1).loss(), looks.toString());
  }

  /** The listener takes 4 kB of the device's memory at each look. */
  @Test
  void aLeakIsFound() {
    List<DeviceBuffer> leaks = new ArrayList<>();
    try (Device device = open()) {
      List<Look> looks =
          train(device, 100, look -> leaks.add(device.allocate(ElementType.F32, 1000, "leak")));
      assertEquals("device memory grew by 4000 bytes from step 10 to step 20", Soak.growth(looks));
      leaks.forEach(DeviceBuffer::close);
    }
  }

  private static Look look(long step, long deviceBytes, long allocations, long residentBytes) {
    OptionalLong resident =
        residentBytes == 0 ? OptionalLong.empty() : OptionalLong.of(residentBytes);
    return new Look(step, 1, 0.5, deviceBytes, allocations, resident, 0);
  }

  @Test
  void growthCountsFromTheEndOfWarmUp() {
    assertNull(
        Soak.growth(
            List.of(
                look(0, 1, 1, 100 * MEBIBYTE),
                look(10, 900, 9, 200 * MEBIBYTE),
                look(50, 900, 9, 232 * MEBIBYTE),
                look(100, 900, 9, 100 * MEBIBYTE))));
    assertEquals(
        "3 device allocations from step 10 to step 50",
        Soak.growth(List.of(look(10, 900, 9, 0), look(50, 900, 12, 0), look(100, 900, 9, 0))));
    assertEquals(
        "the resident set grew by 33554433 bytes from step 10 to step 100; 33554432 are allowed",
        Soak.growth(
            List.of(
                look(10, 9, 9, MEBIBYTE), look(50, 9, 9, 5), look(100, 9, 9, 33 * MEBIBYTE + 1))));
    assertNull(Soak.growth(List.of(look(10, 9, 9, MEBIBYTE), look(100, 9, 9, 0))), "nothing told");
  }

  @Test
  void tooFewStepsCannotBeCut() {
    try (Device device = open()) {
      assertThrows(IllegalArgumentException.class, () -> train(device, 99, look -> {}));
    }
  }
}
