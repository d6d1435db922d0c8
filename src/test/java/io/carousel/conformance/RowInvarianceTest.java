package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.CpuInstructions;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Products;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Inference of the processor's fused plan: the bits of a sequence depend neither on its neighbours
 * nor on N, T, the lengths of others, or the pieces in which it comes.
 */
class RowInvarianceTest {
  private static final int INPUTS = 7;
  private static final int MOST_ROWS = 65;
  private static final int STEPS = 6;

  @TestFactory
  Stream<DynamicTest> aRowIsTheSameInAnyBatch() {
    return onAll(RowInvarianceTest::requireRowsAlone);
  }

  @TestFactory
  Stream<DynamicTest> aSequenceIsTheSameInPieces() {
    return onAll(RowInvarianceTest::requireAnyPieces);
  }

  private interface Check {
    void run(SequenceInference inference, float[][][] sequences);
  }

  private static Stream<DynamicTest> onAll(Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (String instructions : CpuInstructions.available().toList()) {
      for (int hidden : new int[] {1, 17, 64, 128, 130}) {
        for (RecurrentSpec one :
            List.of(
                RecurrentSpec.lstm(INPUTS, hidden),
                RecurrentSpec.gru(INPUTS, hidden),
                RecurrentSpec.rnn(INPUTS, hidden))) {
          for (int layers : new int[] {1, 2}) {
            RecurrentSpec spec = one.withNumLayers(layers);
            String name =
                instructions + ", " + spec.cell() + ", H=" + hidden + ", layers=" + layers;
            tests.add(DynamicTest.dynamicTest(name, () -> run(instructions, spec, check)));
          }
        }
      }
    }
    return tests.stream();
  }

  private static void run(String instructions, RecurrentSpec spec, Check check) {
    try (CpuInstructions chosen = new CpuInstructions(instructions);
        Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
        SequenceInference inference = new SequenceInference(device, spec)) {
      check.run(inference, sequences(spec.inputSize()));
    }
  }

  private static float[][][] sequences(int inputs) {
    Random random = new Random(5);
    float[][][] sequences = new float[MOST_ROWS][STEPS][inputs];
    for (float[][] sequence : sequences) {
      for (float[] step : sequence) {
        for (int i = 0; i < inputs; i++) {
          step[i] = (float) random.nextGaussian();
        }
      }
    }
    return sequences;
  }

  private static void requireRowsAlone(SequenceInference inference, float[][][] sequences) {
    SequenceInference.Result[] alone = new SequenceInference.Result[MOST_ROWS];
    SequenceInference.Result[] shortened = new SequenceInference.Result[MOST_ROWS];
    float[][][] ragged = new float[MOST_ROWS][][];
    for (int row = 0; row < MOST_ROWS; row++) {
      ragged[row] = Arrays.copyOf(sequences[row], (row * 3 + 1) % (STEPS + 1)); // some are empty
      alone[row] = inference.run(new float[][][] {sequences[row]});
      shortened[row] = inference.run(new float[][][] {ragged[row]});
    }
    for (int n = 1; n <= MOST_ROWS; n++) {
      requireRows(alone, inference.run(Arrays.copyOf(sequences, n)), "dense, N=" + n);
      requireRows(shortened, inference.run(Arrays.copyOf(ragged, n)), "ragged, N=" + n);
    }
  }

  private static void requireRows(
      SequenceInference.Result[] alone, SequenceInference.Result batch, String what) {
    for (int row = 0; row < batch.outputs().length; row++) {
      String where = what + ", row " + row;
      assertArrayEquals(alone[row].outputs()[0], batch.outputs()[row], where);
      assertArrayEquals(alone[row].h()[0], batch.h()[row], where);
      assertArrayEquals(alone[row].c()[0], batch.c()[row], where);
    }
  }

  private static void requireAnyPieces(SequenceInference inference, float[][][] sequences) {
    float[][][] nine = Arrays.copyOf(sequences, 9);
    SequenceInference.Result whole = inference.run(nine);
    for (int[] ends : new int[][] {{1, 2, 3, 4, 5, 6}, {2, 6}, {1, 5, 6}}) {
      SequenceInference.Result last = null;
      int from = 0;
      for (int to : ends) {
        int start = from;
        float[][][] piece =
            Arrays.stream(nine)
                .map(sequence -> Arrays.copyOfRange(sequence, start, to))
                .toArray(float[][][]::new);
        last = inference.run(piece, last);
        for (int row = 0; row < nine.length; row++) {
          assertArrayEquals(
              Arrays.copyOfRange(whole.outputs()[row], start, to), last.outputs()[row]);
        }
        from = to;
      }
      assertArrayEquals(whole.h(), last.h());
      assertArrayEquals(whole.c(), last.c());
    }
  }

  @TestFactory
  Stream<DynamicTest> thePlanSaysSo() {
    return CpuInstructions.available()
        .map(
            instructions ->
                DynamicTest.dynamicTest(
                    instructions,
                    () -> {
                      PackedShape shape = PackedShape.dense(1, 1);
                      try (CpuInstructions chosen = new CpuInstructions(instructions);
                          Device device = Devices.open("cpu");
                          RecurrentPlan plan =
                              device.fusedPlan(RecurrentSpec.lstm(1, 1), PlanCapacity.of(shape))) {
                        assertTrue(plan.rowInvariant(Products.FASTEST));
                        assertTrue(plan.kernel().endsWith(instructions), plan.kernel());
                      }
                    }));
  }
}
