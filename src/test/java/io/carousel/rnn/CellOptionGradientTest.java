package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of cells with options against central differences in float64. */
class CellOptionGradientTest {
  private static Device device;

  @BeforeAll
  static void open() {
    device = Devices.open("reference");
  }

  @AfterAll
  static void close() {
    device.close();
  }

  private static final PackedShape RAGGED = PackedShape.of(2, 4, 0, 3);

  static List<RecurrentSpec> specs() {
    List<RecurrentSpec> specs = new ArrayList<>();
    for (RecurrentSpec cell : CellOptions.all(2, 3)) {
      specs.add(cell);
      specs.add(cell.withBidirectional(true).withBias(false));
      specs.add(cell.withBidirectional(true).withNumLayers(2).withDropout(0.3));
    }
    return specs;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradientsEqualCentralDifferences(RecurrentSpec spec) {
    StackFixture fixture = new StackFixture(spec, RAGGED, 5);
    assertEquals(
        spec.parameterCount(),
        fixture.variables.entrySet().stream()
            .filter(v -> v.getKey().contains("_l"))
            .mapToLong(v -> v.getValue().length)
            .sum());
    Map<String, double[]> result = GradientCheck.require(fixture, device);
    if (spec.cellClip() > 0) {
      double[] cells = result.get("cN");
      long clipped = Arrays.stream(cells).filter(c -> Math.abs(c) == spec.cellClip()).count();
      long free = Arrays.stream(cells).filter(c -> Math.abs(c) < spec.cellClip()).count();
      assertTrue(clipped > 0 && free > 0, clipped + " clipped, " + free + " not");
    }
    if (spec.coupledInputForget()) {
      double[] gradient = result.get("grad.weight_hh_l0");
      int block = spec.hiddenSize() * spec.stateSize();
      assertTrue(Arrays.stream(gradient, 0, block).allMatch(d -> d == 0), "input gate's gradient");
      assertTrue(Arrays.stream(gradient, block, 2 * block).anyMatch(d -> d != 0), "forget gate's");
    }
  }
}
