package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Passes that were recorded do the same as passes that run operation by operation, bit for bit: of
 * the stepwise plan and of the persistent one.
 */
class PassRecordingTest extends RecordedTraining {
  private static final String ALL_IN_USE =
      "one operation after the other: all recordings are in use by open passes, or were in the"
          + " latest 64 passes";

  private static List<RecurrentLayer.Builder<?, ?>> stacks(PlanChoice plan) {
    List<RecurrentLayer.Builder<?, ?>> stacks = new ArrayList<>();
    stacks.add(Lstm.builder(3, 9).layers(2).bidirectional(true).dropout(0.4));
    stacks.add(Gru.builder(3, 8).layers(2).dropout(0.2));
    stacks.add(Rnn.builder(3, 5).bidirectional(true).precision(Precision.BF16));
    if (plan == PlanChoice.STEPWISE) {
      stacks.add(Lstm.builder(3, 8).projection(5));
    }
    return stacks;
  }

  /** Dropout, Adam's step number and clipping go on changing under replay. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void trainingIsTheSameBitForBit(PlanChoice plan) {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batches.add(batch(i, 70, 70)); // long enough for weight gradients beside the loop
      batches.add(batch(10 + i, 4, 7, 0, 2, 7));
    }
    for (RecurrentLayer.Builder<?, ?> stack : stacks(plan)) {
      Outcome recorded = train(plan, stack, batches);
      Outcome plain = withoutGraphs(() -> train(plan, stack, batches));
      assertArrayEquals(plain.numbers(), recorded.numbers(), 0, stack.spec().toString());
      assertEquals(
          List.of("recorded", "recorded"),
          recorded.launches().subList(6, 8),
          recorded.launches().toString());
      assertTrue(recorded.launches().get(0).contains("first batch"), recorded.launches().get(0));
      assertTrue(plain.launches().get(7).contains(GRAPHS), plain.launches().get(7));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void manyShapesAreNotRecorded(PlanChoice plan) {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (int length = 1; length <= 20; length++) {
        batches.add(batch(length, length, 3));
      }
    }
    Outcome outcome = train(plan, Lstm.builder(3, 4), batches);
    assertFalse(outcome.launches().contains("recorded"), outcome.launches().toString());
  }

  /** Eight of them are replayed; the others would only take each other's place. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void twelveShapesInTurnsUseTheRecordingsThatAreKept(PlanChoice plan) {
    List<SequenceBatch> batches = new ArrayList<>();
    for (int round = 0; round < 8; round++) {
      for (int length = 1; length <= 12; length++) {
        batches.add(batch(length, length, 12));
      }
    }
    Outcome recorded = train(plan, Gru.builder(3, 4), batches);
    Outcome plain = withoutGraphs(() -> train(plan, Gru.builder(3, 4), batches));
    assertArrayEquals(plain.numbers(), recorded.numbers(), 0);
    List<String> steady = recorded.launches().subList(24, 36); // in round 0 the plan grows
    assertEquals(8, Collections.frequency(steady, "recorded"), steady.toString());
    assertEquals(4, Collections.frequency(steady, ALL_IN_USE), steady.toString());
    for (int round = 3; round < 8; round++) {
      assertEquals(steady, recorded.launches().subList(12 * round, 12 * round + 12));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void whatIsNotUsedAnyMoreGivesWay(PlanChoice plan) {
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 4))) {
      model.forward(batch(1, 20), null, 1).close(); // the plan that holds all
      for (int i = 0; i < 16; i++) {
        pass(model, 1 + i % 8);
      }
      int passes = 0;
      do {
        pass(model, 9);
        passes++;
      } while (!launch(model).equals("recorded") && passes < 100);
      assertEquals(64 - 7 + 1, passes); // the oldest recording had been idle for 7 passes
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void aRecordingServesOneOpenPassAtATime(PlanChoice plan) {
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 4).dropout(0.5).layers(2));
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
        assertEquals("recorded", launch(model));
        double[] before = values(model, first.output());
        try (RecurrentLayer.Pass second = lstm.forward(model.queue(), shape, x, null, null, 8)) {
          assertTrue(lstm.launch().contains("open pass"), lstm.launch());
          assertFalse(java.util.Arrays.equals(before, values(model, second.output())));
        }
        assertArrayEquals(before, values(model, first.output()), 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void eightAreKept(PlanChoice plan) {
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 4))) {
      model.forward(batch(1, 20), null, 1).close(); // the plan that holds all
      for (int length = 1; length <= 9; length++) {
        pass(model, length);
      }
      List<SequencePass> open = new ArrayList<>();
      for (int length = 1; length <= 9; length++) {
        String before = launch(model);
        open.add(model.forward(batch(1, length, length), null, 1));
        assertTrue(length == 1 || before.equals("recorded"), before);
      }
      assertEquals(ALL_IN_USE, launch(model));
      open.forEach(SequencePass::close);
    }
  }

  private static double[] values(SequenceModel model, Matrix matrix) {
    double[] values = new double[(int) matrix.size()];
    model.queue().download(matrix, values, 0);
    return values;
  }

  /** The first backward of a stack may be recorded: its queues must be there before. */
  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void aFirstPassMayEndWithoutBackward(PlanChoice plan) {
    for (boolean both : new boolean[] {false, true}) {
      try (Device device = open();
          SequenceModel model = model(device, plan, Lstm.builder(3, 4).bidirectional(both))) {
        model.forward(batch(1, 5, 5), null, 1).close();
        pass(model, 5);
        assertEquals("recorded", launch(model));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPWISE", "FUSED"})
  void closedOperandsAreRefusedUnderReplayToo(PlanChoice plan) {
    try (Device device = open();
        SequenceModel model = model(device, plan, Lstm.builder(3, 4))) {
      PackedShape shape = PackedShape.dense(5, 2);
      BufferScope scope = new BufferScope(device, "input");
      Matrix x = scope.reals("x", 10, 3);
      for (int i = 0; i < 3; i++) {
        model.recurrent().forward(model.queue(), shape, x, null, null, 1).close();
      }
      assertEquals("recorded", launch(model));
      scope.close();
      assertThrows(
          IllegalStateException.class,
          () -> model.recurrent().forward(model.queue(), shape, x, null, null, 1));
    }
  }
}
