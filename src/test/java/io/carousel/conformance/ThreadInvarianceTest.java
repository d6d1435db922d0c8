package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.CpuInstructions;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StackFixture;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The processor's fused plan: no bit depends on the number of threads, by rows or by columns,
 * forward and in all gradients. {@code WorkCutTest} says how these batches are cut.
 */
class ThreadInvarianceTest {
  static Stream<Arguments> batches() {
    int[] lengths = new Random(1).ints(37, 0, 30).toArray();
    List<Arguments> batches =
        List.of(
            Arguments.of(RecurrentSpec.lstm(64, 128), PackedShape.dense(20, 32)),
            Arguments.of(RecurrentSpec.gru(30, 70).withBias(false), PackedShape.of(lengths)),
            Arguments.of(
                RecurrentSpec.lstm(20, 48)
                    .withNumLayers(2)
                    .withBidirectional(true)
                    .withDropout(0.3),
                PackedShape.of(lengths)),
            // too few rows for the threads: by columns
            Arguments.of(RecurrentSpec.lstm(100, 300), PackedShape.of(3, 9, 0, 5, 9, 9, 1, 2)),
            Arguments.of(
                RecurrentSpec.gru(50, 350).withBidirectional(true), PackedShape.dense(5, 6)),
            Arguments.of(RecurrentSpec.rnn(30, 700), PackedShape.of(6, 4, 6)));
    return CpuInstructions.available()
        .flatMap(
            instructions ->
                batches.stream().map(b -> Arguments.of(instructions, b.get()[0], b.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("batches")
  void theNumberOfThreadsChangesNothing(
      String instructions, RecurrentSpec spec, PackedShape shape) {
    StackFixture fixture = new StackFixture(spec, shape, 7, 0.1);
    Map<String, double[]> expected = run(fixture, instructions, 1, true);
    Map<String, double[]> inferred = run(fixture, instructions, 1, false);
    for (int threads : new int[] {2, 3, 5}) {
      requireSame(expected, run(fixture, instructions, threads, true), threads);
      requireSame(inferred, run(fixture, instructions, threads, false), threads);
    }
  }

  private static Map<String, double[]> run(
      StackFixture fixture, String instructions, int threads, boolean training) {
    try (CpuInstructions chosen = new CpuInstructions(instructions);
        Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(threads))) {
      return fixture.run(device, PlanChoice.FUSED, training);
    }
  }

  private static void requireSame(
      Map<String, double[]> expected, Map<String, double[]> got, int threads) {
    assertEquals(expected.keySet(), got.keySet());
    expected.forEach(
        (name, values) ->
            assertArrayEquals(values, got.get(name), name + " with " + threads + " threads"));
  }

  @ParameterizedTest
  @MethodSource("batches")
  void inferenceEqualsTraining(String instructions, RecurrentSpec spec, PackedShape shape) {
    StackFixture fixture = new StackFixture(spec.withDropout(0), shape, 7, 0.1);
    Map<String, double[]> trained = run(fixture, instructions, 2, true);
    run(fixture, instructions, 2, false)
        .forEach((name, values) -> assertArrayEquals(values, trained.get(name), name));
  }
}
