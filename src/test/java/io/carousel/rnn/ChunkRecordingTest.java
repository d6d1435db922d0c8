package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PlanChoice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passes in chunks of time, in a wavefront and with gates computed again, as recordings. */
class ChunkRecordingTest extends RecordedTraining {
  /** Which has clusters, and so wavefronts. */
  @Override
  Device open(DeviceOptions options) {
    DeviceProvider emulated = TestDevices.provider("cuda-emulated");
    String why = emulated.whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    return emulated.open(0, options);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trainingIsTheSameBitForBit(boolean recompute) {
    DeviceOptions options = DeviceOptions.DEFAULT.withRecompute(recompute);
    List<SequenceBatch> batches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batches.add(batch(i, 30, 5, 0, 21));
    }
    for (RecurrentLayer.Builder<?, ?> stack :
        List.of(
            Lstm.builder(3, 9).layers(3).dropout(0.4),
            Gru.builder(3, 8).layers(2).bidirectional(true).dropout(0.2))) {
      Outcome recorded = train(options, PlanChoice.FUSED, stack, batches);
      Outcome plain = withoutGraphs(() -> train(options, PlanChoice.FUSED, stack, batches));
      assertArrayEquals(plain.numbers(), recorded.numbers(), 0, stack.spec().toString());
      assertEquals(List.of("recorded", "recorded"), recorded.launches().subList(2, 4));
    }
  }
}
