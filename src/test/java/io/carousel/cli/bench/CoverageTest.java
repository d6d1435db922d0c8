package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.cli.bench.Coverage.Place;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {
  /** A device with fused plans for LSTMs of up to 6000 rows. */
  private static Device limited(Device real) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) ->
                method.getName().equals("whyNotFused")
                    ? why((RecurrentSpec) arguments[0], (PlanCapacity) arguments[1])
                    : call(real, method, arguments));
  }

  private static String why(RecurrentSpec spec, PlanCapacity capacity) {
    return spec.cell() != Cell.LSTM ? "no LSTM" : capacity.rows() > 6000 ? "too large" : null;
  }

  private static Object call(Device real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void theDeviceIsAskedAboutEveryStack() {
    try (Device reference = Devices.open("reference")) {
      List<Place> places = Coverage.of(limited(reference), List.of(Precision.FP64, Precision.FP32));
      assertEquals(2 * 3 * 2 * 2 * 8 * 6, places.size());
      assertEquals(places.size(), new HashSet<>(places).size(), "all different");
      // dense batches of 64 and 128 sequences are too large; ragged ones have 0.625 times the rows
      long fused = places.stream().filter(place -> place.whyNotFused() == null).count();
      assertEquals(2 * 2 * 8 * (4 + 5), fused);
      assertTrue(
          places.stream()
              .allMatch(
                  place -> place.cell() == Cell.LSTM || "no LSTM".equals(place.whyNotFused())));
    }
  }
}
