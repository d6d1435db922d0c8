package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.CpuInstructions;
import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.PackedShape;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole models, from features or ids to the head's outputs, on a queue with row-invariant products:
 * what a sequence gets has the same bits alone, in any batch, and step by step.
 */
class RowInvariantModelTest {
  private static final int FEATURES = 5;
  private static final int IDS = 40;
  private static final int BATCH = 14;
  private static final int STEPS = 5;

  private static List<SequenceModelSpec> models() {
    RecurrentSpec lstm = RecurrentSpec.lstm(FEATURES, 33);
    RecurrentSpec peephole = lstm.withPeephole(true).withProjSize(20).withNumLayers(2);
    RecurrentSpec gru = RecurrentSpec.gru(FEATURES, 17).withResetAfter(false);
    RecurrentSpec words = RecurrentSpec.rnn(18, 18).withNumLayers(2);
    return List.of(
        model(0, lstm, Readout.EVERY_STEP, false, 1),
        model(0, peephole, Readout.EVERY_STEP, false, 19),
        model(0, gru, Readout.LAST_STATE, false, 3),
        model(0, lstm.withBidirectional(true), Readout.LAST_CELL, false, 4),
        model(IDS, words, Readout.EVERY_STEP, true, IDS),
        model(IDS, peephole, Readout.LAST_STATE, false, 2));
  }

  private static SequenceModelSpec model(
      int vocabulary, RecurrentSpec stack, Readout readout, boolean tied, int outputs) {
    return new SequenceModelSpec(
        vocabulary, 0, stack, readout, 0, tied, outputs, Activation.SIGMOID);
  }

  @TestFactory
  Stream<DynamicTest> aSequenceGetsTheSameInAnyBatchAndStepByStep() {
    Stream<DynamicTest> withoutKernels =
        Stream.of(
            DynamicTest.dynamicTest(
                "cpu, none",
                () -> {
                  try (CpuInstructions none = new CpuInstructions("none")) {
                    check("cpu");
                  }
                }));
    return Stream.concat(
        TestDevices.available().map(name -> DynamicTest.dynamicTest(name, () -> check(name))),
        withoutKernels);
  }

  private static void check(String name) {
    try (Device device = TestDevices.provider(name).open(0, DeviceOptions.DEFAULT.withThreads(2));
        Queue queue = device.openQueue(Products.ROW_INVARIANT)) {
      for (SequenceModelSpec spec : models()) {
        try (ParameterSet parameters = new ParameterSet(queue, 3, "test");
            SequenceModel model = SequenceModel.member(spec, parameters, queue, "member")) {
          checkRows(model);
          if (!spec.recurrent().bidirectional()) {
            checkSteps(model);
          }
        }
      }
    }
  }

  private static void checkRows(SequenceModel model) {
    int[] lengths = new int[BATCH];
    float[][] alone = new float[BATCH][];
    for (int row = 0; row < BATCH; row++) {
      lengths[row] = 1 + row * 3 % STEPS;
      alone[row] = model.predict(batch(model, new int[] {row}, lengths[row]));
    }
    for (int n : new int[] {2, 3, 6, 7, BATCH}) {
      int[] rows = IntStream.range(0, n).toArray();
      float[] together = model.predict(batch(model, rows, Arrays.copyOf(lengths, n)));
      for (int row = 0; row < n; row++) {
        float[] own = rowOf(model, together, n, row, lengths[row]);
        assertArrayEquals(alone[row], own, model.spec() + ", N=" + n + ", row " + row);
      }
    }
  }

  private static void checkSteps(SequenceModel model) {
    int outputs = model.spec().outputs();
    boolean perStep = model.spec().readout().perStep();
    int[] three = {4, 9, 2};
    float[] whole = model.predict(batch(model, three, STEPS, STEPS, STEPS));
    for (int row = 0; row < three.length; row++) {
      try (RecurrentState state = model.newState(1)) {
        float[] stream = new float[STEPS * outputs];
        for (int t = 0; t < STEPS; t++) {
          float[] step = model.predict(step(model, three[row], t), state);
          assertEquals(outputs, step.length);
          System.arraycopy(step, 0, stream, t * outputs, outputs);
        }
        int from = perStep ? 0 : (STEPS - 1) * outputs;
        assertArrayEquals(
            rowOf(model, whole, three.length, row, STEPS),
            Arrays.copyOfRange(stream, from, stream.length),
            model.spec() + ", stream of row " + row);
      }
    }
  }

  /** What a row got: its steps one after the other, or its one output. */
  private static float[] rowOf(SequenceModel model, float[] all, int n, int row, int length) {
    int outputs = model.spec().outputs();
    int steps = model.spec().readout().perStep() ? length : 1;
    float[] own = new float[steps * outputs];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(all, (t * n + row) * outputs, own, t * outputs, outputs);
    }
    return own;
  }

  private static SequenceBatch batch(SequenceModel model, int[] rows, int... lengths) {
    int steps = Arrays.stream(lengths).max().orElseThrow();
    return batch(model, rows, 0, steps, PackedShape.of(lengths));
  }

  private static SequenceBatch step(SequenceModel model, int row, int t) {
    return batch(model, new int[] {row}, t, 1, PackedShape.dense(1, 1));
  }

  /** Steps of these rows from one on, padded. */
  private static SequenceBatch batch(
      SequenceModel model, int[] rows, int from, int steps, PackedShape shape) {
    boolean ids = model.spec().vocabulary() > 0;
    float[] features = new float[steps * rows.length * FEATURES];
    int[] words = new int[steps * rows.length];
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < rows.length; n++) {
        Random random = new Random(1000L * rows[n] + from + t);
        random.nextInt();
        int at = t * rows.length + n;
        words[at] = random.nextInt(IDS);
        for (int i = 0; i < FEATURES; i++) {
          features[at * FEATURES + i] = (float) random.nextGaussian();
        }
      }
    }
    return ids
        ? SequenceBatch.ofIds(shape, words)
        : SequenceBatch.ofFeatures(shape, FEATURES, features);
  }
}
