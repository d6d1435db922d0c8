package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peephole weights that a device could not read are refused before anything is written. */
class PeepholeOperandTest {
  static Stream<DeviceProvider> providers() {
    return Devices.providers().stream().filter(p -> p.whyUnavailable() == null);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void wrongPeepholesAreRefused(DeviceProvider provider) {
    try (Device device = provider.open(0, DeviceOptions.DEFAULT);
        Device other = provider.open(0, DeviceOptions.DEFAULT);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test");
        BufferScope otherScope = new BufferScope(other, "test")) {
      Matrix gates = scope.reals("gates", 2, 16);
      Matrix state = scope.reals("state", 2, 4);
      Matrix c = scope.reals("c", 2, 4);
      queue.fill(gates, 1);
      queue.fill(state, 1);
      queue.fill(c, 7);
      Map<Matrix, String> wrong =
          Map.of(
              scope.reals("wide", 3, 5).columns(0, 4),
              "peephole weights must lie without gaps",
              scope.reals("few", 1, 4),
              "peephole: expected [3, 4], got [1, 4]",
              otherScope.reals("foreign", 3, 4),
              "'test/foreign' lies on device " + other.name());
      wrong.forEach(
          (peephole, message) -> {
            LstmVariant v = LstmVariant.of(RecurrentSpec.lstm(4, 4).withPeephole(true), peephole);
            refused(message, () -> queue.lstmForward(v, gates, null, c, null, null, null, state));
            refused(message, () -> queue.lstmBackward(v, gates, state, null, null, c, null));
          });
      double[] values = new double[8];
      queue.download(c, values, 0);
      assertArrayEquals(new double[] {7, 7, 7, 7, 7, 7, 7, 7}, values);
    }
  }

  private static void refused(String message, Executable operation) {
    Exception e = assertThrows(IllegalArgumentException.class, operation);
    String said = String.valueOf(e.getMessage());
    assertEquals(message, said.substring(0, Math.min(message.length(), said.length())));
  }
}
