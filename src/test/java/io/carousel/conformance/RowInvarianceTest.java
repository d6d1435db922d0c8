package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.CpuInstructions;
import io.carousel.TestDevices;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.CellOptions;
import io.carousel.rnn.StepwisePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Inference where rows are promised to be independent: the bits of a sequence depend neither on its
 * neighbours nor on N, T, the lengths of others, or the pieces in which it comes. The processor's
 * fused plan promises it always, every plan does on a queue with row-invariant products.
 */
class RowInvarianceTest {
  private static final int INPUTS = 7;

  /** Numbers of sequences that run together, and the most steps of one. */
  private record Batches(int steps, int[] sizes) {
    int most() {
      return sizes[sizes.length - 1];
    }
  }

  private static final Batches ALL = new Batches(6, IntStream.rangeClosed(1, 65).toArray());
  private static final Batches SOME = new Batches(6, new int[] {1, 2, 3, 5, 6, 7, 8, 13, 21});
  private static final Batches FEW = new Batches(4, new int[] {1, 2, 5});

  @TestFactory
  Stream<DynamicTest> fusedStacksOnAnyQueue() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String instructions : CpuInstructions.available().toList()) {
      List<RecurrentSpec> specs = new ArrayList<>();
      for (int hidden : new int[] {1, 17, 64, 128, 130}) {
        for (int layers : new int[] {1, 2}) {
          for (RecurrentSpec cell : cells(hidden)) {
            specs.add(cell.withNumLayers(layers));
          }
        }
      }
      tests.add(
          DynamicTest.dynamicTest(
              instructions,
              () -> {
                try (CpuInstructions chosen = new CpuInstructions(instructions)) {
                  check("cpu", Products.FASTEST, PlanChoice.FUSED, specs, ALL);
                }
              }));
    }
    return tests.stream();
  }

  private static List<RecurrentSpec> cells(int hidden) {
    return List.of(
        RecurrentSpec.lstm(INPUTS, hidden),
        RecurrentSpec.gru(INPUTS, hidden),
        RecurrentSpec.rnn(INPUTS, hidden));
  }

  @TestFactory
  Stream<DynamicTest> everyStackOnARowInvariantQueue() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String instructions :
        Stream.concat(CpuInstructions.available(), Stream.of("none")).toList()) {
      tests.add(
          DynamicTest.dynamicTest(
              "cpu, " + instructions,
              () -> {
                try (CpuInstructions chosen = new CpuInstructions(instructions)) {
                  checkEveryStack("cpu", SOME, 1, 17, 33, 64, 128, 130);
                }
              }));
    }
    for (String device : TestDevices.available().filter(name -> !name.equals("cpu")).toList()) {
      tests.add(DynamicTest.dynamicTest(device, () -> checkEveryStack(device, FEW, 1, 17, 33)));
    }
    return tests.stream();
  }

  /** Several groups of rows, and blocks that exchange their states. */
  @Test
  void persistentStacksOnARowInvariantQueue() {
    String why = TestDevices.provider("cuda-emulated").whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    List<RecurrentSpec> specs =
        cells(130).stream().map(cell -> cell.withPrecision(Precision.BF16)).toList();
    Batches batches = new Batches(3, new int[] {1, 9, 19});
    check("cuda-emulated", Products.ROW_INVARIANT, PlanChoice.FUSED, specs, batches);
  }

  private static void checkEveryStack(String device, Batches batches, int... sizes) {
    List<RecurrentSpec> specs = new ArrayList<>(CellOptions.all(INPUTS, 17));
    for (int hidden : sizes) {
      specs.addAll(cells(hidden));
      RecurrentSpec gru = RecurrentSpec.gru(INPUTS, hidden).withResetAfter(false);
      RecurrentSpec lstm =
          RecurrentSpec.lstm(INPUTS, hidden)
              .withPeephole(true)
              .withCoupledInputForget(true)
              .withCellClip(0.25)
              .withProjSize(hidden / 2);
      specs.addAll(List.of(gru, lstm, gru.withNumLayers(2).withBias(false)));
      specs.add(lstm.withNumLayers(2).withBidirectional(true));
    }
    RecurrentSpec relu = RecurrentSpec.rnn(INPUTS, 33).withActivation(Activation.RELU);
    specs.addAll(List.of(relu, relu.withNumLayers(2).withBidirectional(true)));
    for (Precision precision : List.of(Precision.TF32, Precision.BF16, Precision.FP16)) {
      if (supports(device, precision)) {
        cells(17).forEach(cell -> specs.add(cell.withPrecision(precision)));
        specs.add(RecurrentSpec.lstm(INPUTS, 17).withProjSize(9).withPrecision(precision));
      }
    }
    check(device, Products.ROW_INVARIANT, PlanChoice.AUTO, specs, batches);
    // where a plan of the device's own would run
    check(device, Products.ROW_INVARIANT, PlanChoice.STEPWISE, cells(33), batches);
  }

  private static boolean supports(String name, Precision precision) {
    try (Device device = TestDevices.provider(name).open(0, DeviceOptions.DEFAULT)) {
      return device.supports(precision);
    }
  }

  private static void check(
      String name, Products products, PlanChoice plan, List<RecurrentSpec> specs, Batches batches) {
    try (Device device = TestDevices.provider(name).open(0, DeviceOptions.DEFAULT.withThreads(2))) {
      for (RecurrentSpec spec : specs) {
        try (SequenceInference inference = new SequenceInference(device, products, plan, spec)) {
          requireRowsAlone(spec, inference, batches);
          if (!spec.bidirectional()) {
            requireAnyPieces(spec, inference, batches);
          }
        }
      }
    }
  }

  private static double[][][] sequences(Batches batches) {
    Random random = new Random(5);
    double[][][] sequences = new double[batches.most()][batches.steps][INPUTS];
    for (double[][] sequence : sequences) {
      for (double[] step : sequence) {
        for (int i = 0; i < INPUTS; i++) {
          step[i] = random.nextGaussian();
        }
      }
    }
    return sequences;
  }

  private static void requireRowsAlone(
      RecurrentSpec spec, SequenceInference inference, Batches batches) {
    double[][][] sequences = sequences(batches);
    SequenceInference.Result[] alone = new SequenceInference.Result[sequences.length];
    SequenceInference.Result[] shortened = new SequenceInference.Result[sequences.length];
    double[][][] ragged = new double[sequences.length][][];
    for (int row = 0; row < sequences.length; row++) {
      ragged[row] =
          Arrays.copyOf(sequences[row], (row * 3 + 1) % (batches.steps + 1)); // some empty
      alone[row] = inference.run(new double[][][] {sequences[row]});
      shortened[row] = inference.run(new double[][][] {ragged[row]});
    }
    for (int n : batches.sizes) {
      String where = spec + ", N=" + n;
      requireRows(alone, inference.run(Arrays.copyOf(sequences, n)), where + ", dense");
      requireRows(shortened, inference.run(Arrays.copyOf(ragged, n)), where + ", ragged");
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

  private static void requireAnyPieces(
      RecurrentSpec spec, SequenceInference inference, Batches batches) {
    int steps = batches.steps;
    double[][][] together = Arrays.copyOf(sequences(batches), Math.min(9, batches.most()));
    SequenceInference.Result whole = inference.run(together);
    int[] oneByOne = IntStream.rangeClosed(1, steps).toArray();
    for (int[] ends : new int[][] {oneByOne, {2, steps}, {1, steps - 1, steps}}) {
      String where = spec + ", pieces until " + Arrays.toString(ends);
      SequenceInference.Result last = null;
      int from = 0;
      for (int to : ends) {
        int start = from;
        double[][][] piece =
            Arrays.stream(together)
                .map(sequence -> Arrays.copyOfRange(sequence, start, to))
                .toArray(double[][][]::new);
        last = inference.run(piece, last);
        for (int row = 0; row < together.length; row++) {
          assertArrayEquals(
              Arrays.copyOfRange(whole.outputs()[row], start, to), last.outputs()[row], where);
        }
        from = to;
      }
      assertArrayEquals(whole.h(), last.h(), where);
      assertArrayEquals(whole.c(), last.c(), where);
    }
  }

  @TestFactory
  Stream<DynamicTest> theFusedPlanSaysSo() {
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
                        assertTrue(plan.rowInvariant(Products.ROW_INVARIANT));
                        assertTrue(plan.kernel().endsWith(instructions), plan.kernel());
                      }
                    }));
  }

  @Test
  void theStepwisePlanIsWhatItsQueueIs() {
    try (Device device = Devices.open("cpu");
        RecurrentPlan plan =
            new StepwisePlan(device, RecurrentSpec.lstm(1, 1), new PlanCapacity(1, 1), null)) {
      assertTrue(plan.rowInvariant(Products.ROW_INVARIANT));
      assertFalse(plan.rowInvariant(Products.FASTEST));
    }
  }
}
