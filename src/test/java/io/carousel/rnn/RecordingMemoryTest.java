package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.PlanChoice;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recordings where memory is scarce. */
class RecordingMemoryTest extends RecordedTraining {
  /** What recordings keep is won back before a batch is refused for want of memory. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void recordingsGiveWayToABatchThatNeedsTheirMemory(PlanChoice plan) {
    long peak;
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 32))) {
      pass(model, 400);
      peak = device.peakAllocatedBytes();
    }
    try (Device device = open(new DeviceOptions(0, peak + peak / 8));
        SequenceModel model = model(device, plan, Lstm.builder(3, 32))) {
      pass(model, 400); // the plan that holds all
      Set<String> launches = new TreeSet<>();
      for (int round = 0; round < 3; round++) {
        for (int length = 100; length < 140; length += 10) {
          pass(model, length);
          launches.add(launch(model));
        }
      }
      String without = "one operation after the other: there is no memory for a recording";
      assertTrue(launches.containsAll(Set.of("recorded", without)), launches.toString());
      pass(model, 400);
      assertTrue(device.peakAllocatedBytes() <= peak + peak / 8);
    }
  }

  /** What gave way is not recorded again: it would be dropped for the other shape, and so on. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void shapesThatAlternateAllocateNothingInTheEnd(PlanChoice plan) {
    long peak;
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 32))) {
      pass(model, 200);
      peak = device.peakAllocatedBytes();
    }
    Set<String> launches = new TreeSet<>();
    for (int percent : new int[] {115, 130, 160, 190}) {
      try (Device device = open(new DeviceOptions(0, peak * percent / 100));
          SequenceModel model = model(device, plan, Lstm.builder(3, 32))) {
        alternate(model, 4, new TreeSet<>());
        long before = device.allocationCount();
        alternate(model, 3, launches);
        assertEquals(before, device.allocationCount(), percent + " %");
      }
    }
    String gaveWay = "one operation after the other: its recording gave way for want of memory";
    assertTrue(launches.containsAll(Set.of("recorded", gaveWay)), launches.toString());
  }

  private static void alternate(SequenceModel model, int rounds, Set<String> launches) {
    for (int round = 0; round < rounds; round++) {
      for (int length : new int[] {200, 190}) {
        pass(model, length);
        launches.add(launch(model));
      }
    }
  }

  /** Where a recording does not fit beside everything else, passes go on without, bit for bit. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void passesGoOnWithoutARecordingThatDoesNotFit(PlanChoice plan) {
    Lstm.Builder stack = Lstm.builder(3, 16).layers(2).bidirectional(true).dropout(0.2);
    List<SequenceBatch> batches = Collections.nCopies(3, batch(1, 20, 20, 20, 20));
    Outcome plain = withoutGraphs(() -> train(plan, stack, batches));
    Set<String> seen = new TreeSet<>();
    for (int percent = 100; percent <= 160; percent += 2) {
      DeviceOptions budget = new DeviceOptions(0, plain.peakBytes() * percent / 100);
      try {
        Outcome scarce = train(budget, plan, stack, batches);
        assertArrayEquals(plain.numbers(), scarce.numbers(), 0);
        seen.add(scarce.launches().get(2));
      } catch (DeviceOutOfMemoryException e) {
        seen.add("refused");
      }
    }
    String half =
        "forward recorded, backward one operation after the other: no memory for its recording";
    assertTrue(seen.containsAll(Set.of("recorded", half)), seen.toString());
  }
}
