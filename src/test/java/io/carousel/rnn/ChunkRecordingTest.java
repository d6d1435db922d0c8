package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PlanChoice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

  /** Where there is no memory for a recording, passes go on without, bit for bit. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void passesGoOnWithoutARecordingThatDoesNotFit(boolean recompute) {
    Lstm.Builder stack = Lstm.builder(3, 16).layers(4).dropout(0.2);
    List<SequenceBatch> batches = Collections.nCopies(3, batch(1, 20, 20, 20, 20));
    DeviceOptions plenty = DeviceOptions.DEFAULT.withRecompute(recompute);
    Outcome plain = withoutGraphs(() -> train(plenty, PlanChoice.FUSED, stack, batches));
    Set<String> seen = new TreeSet<>();
    for (int permille = 1000; permille <= 1060; permille += 4) {
      DeviceOptions budget = new DeviceOptions(0, plain.peakBytes() * permille / 1000, recompute);
      try {
        Outcome scarce = train(budget, PlanChoice.FUSED, stack, batches);
        assertArrayEquals(plain.numbers(), scarce.numbers(), 0);
        seen.add(scarce.launches().get(2));
      } catch (DeviceOutOfMemoryException e) {
        seen.add("refused");
      }
    }
    String half =
        "forward recorded, backward one operation after the other: no memory for its recording";
    assertTrue(seen.contains(half), seen.toString());
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
