package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.nn.Parameter;
import io.carousel.optim.Adam;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Passes that were recorded do the same as passes that run operation by operation, bit for bit. */
class PassRecordingTest {
  private static final String GRAPHS = "carousel.cuda.graphs";

  /** The device under test; a subclass runs the same on a real GPU. */
  Device open(DeviceOptions options) {
    var provider =
        Devices.providers().stream().filter(p -> p.name().equals("cuda-emulated-reversed"));
    var found = provider.findFirst().orElseThrow();
    Assumptions.assumeTrue(found.whyUnavailable() == null, "skipped: " + found.whyUnavailable());
    return found.open(0, options);
  }

  private static <T> T withoutGraphs(Supplier<T> work) {
    String before = System.setProperty(GRAPHS, "off");
    try {
      return work.get();
    } finally {
      if (before == null) {
        System.clearProperty(GRAPHS);
      } else {
        System.setProperty(GRAPHS, before);
      }
    }
  }

  private static List<RecurrentLayer.Builder<?, ?>> stacks() {
    return List.of(
        Lstm.builder(3, 9).layers(2).bidirectional(true).dropout(0.4),
        Gru.builder(3, 8).layers(2).dropout(0.2),
        Lstm.builder(3, 8).projection(5),
        Rnn.builder(3, 5).bidirectional(true));
  }

  private static SequenceBatch batch(int seed, int... lengths) {
    PackedShape shape = PackedShape.of(lengths);
    Random random = new Random(seed);
    int padded = shape.steps() * shape.batchSize();
    float[] x = new float[padded * 3];
    float[] y = new float[padded];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextFloat() - 0.5f;
    }
    return SequenceBatch.ofFeatures(shape, 3, x).withValues(true, 1, y);
  }

  /** Devices may have plans of their own, which are not recorded. */
  private static RecurrentLayer.Builder<?, ?> stepwise(RecurrentLayer.Builder<?, ?> stack) {
    stack.plan(PlanChoice.STEPWISE);
    return stack;
  }

  /** Losses of each step, then all weights, and how each step was launched. */
  private record Outcome(double[] numbers, List<String> launches) {}

  private Outcome train(RecurrentLayer.Builder<?, ?> stack, List<SequenceBatch> batches) {
    List<String> launches = new ArrayList<>();
    List<Double> numbers = new ArrayList<>();
    try (Device device = open(DeviceOptions.DEFAULT);
        SequenceModel model = SequenceModel.around(stepwise(stack)).head(1).build(device, 5);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Adam(model.parameters(), 0.01),
                new TrainerSettings().clipNorm(0.5))) {
      for (SequenceBatch batch : batches) {
        numbers.add(trainer.step(List.of(batch)));
        launches.add(model.recurrent().launch());
      }
      for (Parameter parameter : model.parameters()) {
        for (double value : parameter.download(model.queue())) {
          numbers.add(value);
        }
      }
    }
    return new Outcome(numbers.stream().mapToDouble(x -> x).toArray(), launches);
  }

  /** Dropout, Adam's step number and clipping go on changing under replay. */
  @Test
  void trainingIsTheSameBitForBit() {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batches.add(batch(i, 70, 70)); // long enough for weight gradients beside the loop
      batches.add(batch(10 + i, 4, 7, 0, 2, 7));
    }
    for (RecurrentLayer.Builder<?, ?> stack : stacks()) {
      Outcome recorded = train(stack, batches);
      Outcome plain = withoutGraphs(() -> train(stack, batches));
      assertArrayEquals(plain.numbers, recorded.numbers, 0, stack.spec().toString());
      assertEquals(
          List.of("recorded", "recorded"),
          recorded.launches.subList(6, 8),
          recorded.launches.toString());
      assertTrue(recorded.launches.get(0).contains("first batch"), recorded.launches.get(0));
      assertTrue(plain.launches.get(7).contains(GRAPHS), plain.launches.get(7));
    }
  }

  @Test
  void manyShapesAreNotRecorded() {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (int length = 1; length <= 20; length++) {
        batches.add(batch(length, length, 3));
      }
    }
    Outcome outcome = train(Lstm.builder(3, 4), batches);
    assertFalse(outcome.launches.contains("recorded"), outcome.launches.toString());
  }

  @Test
  void elevenShapesUseTheRecordingsThatAreKept() {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int length = 1; length <= 11; length++) {
        batches.add(batch(length, length, 12));
      }
    }
    Outcome recorded = train(Gru.builder(3, 4), batches);
    Outcome plain = withoutGraphs(() -> train(Gru.builder(3, 4), batches));
    assertArrayEquals(plain.numbers, recorded.numbers, 0);
  }

  @Test
  void aRecordingServesOneOpenPassAtATime() {
    try (Device device = open(DeviceOptions.DEFAULT);
        SequenceModel model =
            SequenceModel.around(stepwise(Lstm.builder(3, 4).dropout(0.5).layers(2)))
                .head(1)
                .build(device, 1);
        BufferScope scope = new BufferScope(device, "test")) {
      RecurrentLayer lstm = model.recurrent();
      PackedShape shape = PackedShape.dense(5, 2);
      Matrix x = scope.reals("x", 10, 3);
      model.queue().fill(x, 0.3);
      Matrix d = scope.reals("d", 10, 4);
      model.queue().fill(d, 1);
      for (int i = 0; i < 2; i++) {
        lstm.forward(model.queue(), shape, x, null, null, 7)
            .backward(d, null, null, null, null, null);
      }
      try (RecurrentLayer.Pass first = lstm.forward(model.queue(), shape, x, null, null, 7)) {
        assertEquals("recorded", lstm.launch());
        double[] before = values(model, first.output());
        try (RecurrentLayer.Pass second = lstm.forward(model.queue(), shape, x, null, null, 8)) {
          assertTrue(lstm.launch().contains("open pass"), lstm.launch());
          assertFalse(java.util.Arrays.equals(before, values(model, second.output())));
        }
        assertArrayEquals(before, values(model, first.output()), 0);
      }
    }
  }

  private static double[] values(SequenceModel model, Matrix matrix) {
    double[] values = new double[(int) matrix.size()];
    model.queue().download(matrix, values, 0);
    return values;
  }

  /** The first backward of a stack may be recorded: its queues must be there before. */
  @Test
  void aFirstPassMayEndWithoutBackward() {
    for (boolean both : new boolean[] {false, true}) {
      try (Device device = open(DeviceOptions.DEFAULT);
          SequenceModel model =
              SequenceModel.around(stepwise(Lstm.builder(3, 4).bidirectional(both)))
                  .head(1)
                  .build(device, 1)) {
        model.forward(batch(1, 5, 5), null, 1).close();
        pass(model, 5);
        assertEquals("recorded", model.recurrent().launch());
      }
    }
  }

  @Test
  void closedOperandsAreRefusedUnderReplayToo() {
    try (Device device = open(DeviceOptions.DEFAULT);
        SequenceModel model =
            SequenceModel.around(stepwise(Lstm.builder(3, 4))).head(1).build(device, 1)) {
      PackedShape shape = PackedShape.dense(5, 2);
      BufferScope scope = new BufferScope(device, "input");
      Matrix x = scope.reals("x", 10, 3);
      for (int i = 0; i < 3; i++) {
        model.recurrent().forward(model.queue(), shape, x, null, null, 1).close();
      }
      assertEquals("recorded", model.recurrent().launch());
      scope.close();
      assertThrows(
          IllegalStateException.class,
          () -> model.recurrent().forward(model.queue(), shape, x, null, null, 1));
    }
  }

  /** What recordings keep is won back before a batch is refused for want of memory. */
  @Test
  void recordingsGiveWayToABatchThatNeedsTheirMemory() {
    long peak;
    try (Device device = open(DeviceOptions.DEFAULT);
        SequenceModel model =
            SequenceModel.around(stepwise(Lstm.builder(3, 32))).head(1).build(device, 1)) {
      pass(model, 400);
      peak = device.peakAllocatedBytes();
    }
    try (Device device = open(new DeviceOptions(0, peak + peak / 8));
        SequenceModel model =
            SequenceModel.around(stepwise(Lstm.builder(3, 32))).head(1).build(device, 1)) {
      pass(model, 400); // the plan that holds all
      for (int round = 0; round < 3; round++) {
        for (int length = 100; length < 140; length += 10) {
          pass(model, length);
        }
      }
      pass(model, 400);
      assertTrue(device.peakAllocatedBytes() <= peak + peak / 8);
    }
  }

  private static void pass(SequenceModel model, int length) {
    try (SequencePass pass = model.forward(batch(1, length, length), null, 1)) {
      pass.backward(pass.output());
    }
  }
}
