package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.TestDevices;
import io.carousel.WatchedDevice;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StepwisePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often passes are recorded where more shapes come than recordings are kept. */
class RecordingCountTest {
  private static final RecurrentSpec SPEC = RecurrentSpec.lstm(5, 6);

  /** A recording is forward and backward; eight are kept. */
  @ParameterizedTest
  @CsvSource({"8, false, 8", "12, false, 8", "16, false, 8", "17, false, 0", "12, true, 8"})
  void nothingIsRecordedAgain(int shapes, boolean shuffled, int expected) {
    DeviceProvider emulated = TestDevices.provider("cuda-emulated");
    String why = emulated.whyUnavailable();
    assumeTrue(why == null, "skipped: " + why);
    int[] recorded = {0};
    try (Device device = emulated.open(0, DeviceOptions.DEFAULT);
        Queue queue =
            WatchedDevice.queueOf(
                device, method -> recorded[0] += method.equals("record") ? 1 : 0);
        RecurrentPlan plan =
            new StepwisePlan(device, SPEC, new PlanCapacity(40, 2), "as a test wants")) {
      List<PlanFixture> fixtures = new ArrayList<>();
      for (int length = 1; length <= shapes; length++) {
        fixtures.add(new PlanFixture(queue, SPEC, PackedShape.dense(length, 2), 0));
      }
      Map<PlanFixture, Map<String, float[]>> first = new HashMap<>();
      Random order = new Random(3);
      for (int pass = 0; pass < 10 * shapes; pass++) {
        PlanFixture fixture = fixtures.get(shuffled ? order.nextInt(shapes) : pass % shapes);
        Map<String, float[]> numbers = fixture.train(plan);
        first.putIfAbsent(fixture, numbers);
        numbers.forEach((name, got) -> assertArrayEquals(first.get(fixture).get(name), got, name));
      }
      assertEquals(2 * expected, recorded[0]);
      fixtures.forEach(PlanFixture::close);
    }
  }
}
