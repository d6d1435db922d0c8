package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.cli.bench.Ceilings.Product;
import io.carousel.cli.bench.Ceilings.Traffic;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class CeilingsTest {
  private static final Ceilings CEILINGS =
      new Ceilings(
          List.of(new Product(1, 2, 3, 5e9), new Product(4, 5, 6, 9e9), new Product(7, 8, 9, 1e9)),
          List.of(
              new Traffic(1000, 3e9, 8e9), // copied, read
              new Traffic(2000, 6e9, 2e9),
              new Traffic(4000, 1e9, 7e9),
              new Traffic(8000, 2e9, 1e9)));

  @Test
  void theBestProductIsTheCeilingOfArithmetic() {
    assertEquals(9e9, CEILINGS.flopPerSecond());
  }

  @Test
  void trafficIsHeldAgainstSetsThatAreAsLarge() {
    assertEquals(8e9, CEILINGS.bytesPerSecond(10), "smaller than all");
    assertEquals(8e9, CEILINGS.bytesPerSecond(1999));
    assertEquals(7e9, CEILINGS.bytesPerSecond(2000), "a larger set was faster");
    assertEquals(7e9, CEILINGS.bytesPerSecond(4000));
    assertEquals(2e9, CEILINGS.bytesPerSecond(1e12), "larger than all");
  }

  @Test
  void theRooflineIsTheSlowerOfTheTwo() {
    Cost compute = new Cost(9e9, 1000);
    assertEquals(1.0, CEILINGS.boundSeconds(compute));
    assertEquals(1000 / 8e9, CEILINGS.trafficSeconds(compute));
    Cost traffic = new Cost(9, 8000);
    assertEquals(8000 / 2e9, CEILINGS.boundSeconds(traffic));
  }

  @Test
  void theBetterRateOfEachRoundCounts() {
    Ceilings other =
        new Ceilings(
            List.of(
                new Product(1, 2, 3, 6e9), new Product(4, 5, 6, 8e9), new Product(7, 8, 9, 2e9)),
            List.of(
                new Traffic(1000, 4e9, 1e9),
                new Traffic(2000, 1e9, 3e9),
                new Traffic(4000, 1e9, 1e9),
                new Traffic(8000, 3e9, 2e9)));
    Ceilings best = CEILINGS.or(other);
    assertEquals(best, other.or(CEILINGS));
    assertEquals(
        List.of(6e9, 9e9, 2e9), best.products().stream().map(Product::flopPerSecond).toList());
    assertEquals(new Traffic(1000, 4e9, 8e9), best.traffic().get(0));
    assertEquals(new Traffic(8000, 3e9, 2e9), best.traffic().get(3));
  }

  @Test
  void aDeviceIsMeasured() {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1))) {
      Ceilings measured = Ceilings.measure(device, Precision.FP32, 0.01);
      // no processor of this century is slower, none is faster
      assertTrue(measured.flopPerSecond() > 1e7 && measured.flopPerSecond() < 1e14);
      double last = Double.MAX_VALUE;
      for (Traffic set : measured.traffic()) {
        double rate = measured.bytesPerSecond((double) set.bytes());
        assertTrue(rate > 1e7 && rate < 1e14, set.toString());
        assertTrue(rate <= last, "falls with the working set");
        last = rate;
      }
      assertEquals(0, device.allocatedBytes());
    }
  }
}
