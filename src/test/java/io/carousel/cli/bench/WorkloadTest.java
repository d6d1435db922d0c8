package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class WorkloadTest {
  private static BenchCase what(BenchMode mode, String shape) {
    return new BenchCase(
        Cell.LSTM, BenchShape.parse(shape), 1, mode, PlanChoice.AUTO, Precision.FP32);
  }

  /** What the caller gets at the end of a step. */
  private static Matrix result(Workload workload) {
    if (workload instanceof InferenceWorkload inference) {
      return inference.callerOutput;
    }
    return workload instanceof TrainingWorkload training
        ? training.callerDInput
        : ((GradientWorkload) workload).callerDInput;
  }

  /** Lengths 8, 5, 2 of 8 steps: padded before and after the step, zeros past the end. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "STREAM")
  void raggedBatchesArePackedAndPaddedInEachStep(BenchMode mode) {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
        Workload workload = Workload.of(what(mode, "T=8,B=3,I=4,H=4,lengths=ragged"), device)) {
      workload.enqueue();
      workload.finish();
      float[] numbers = new float[8 * 3 * 4];
      workload.queue.download(result(workload), numbers, 0);
      for (int row = 0; row < 8 * 3; row++) {
        boolean past = row / 3 >= new int[] {8, 5, 2}[row % 3];
        for (int i = 4 * row; i < 4 * (row + 1); i++) {
          if (past) {
            assertEquals(0, numbers[i], "row " + row);
          } else {
            assertNotEquals(0, numbers[i], "row " + row);
          }
        }
      }
    }
  }

  @Test
  void aStepOfTrainingChangesTheWeights() {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
        Workload workload = Workload.of(what(BenchMode.TRAIN, "T=3,B=2,I=4,H=4"), device)) {
      float[] before = weights(workload);
      workload.enqueue();
      workload.finish();
      float[] after = weights(workload);
      long changed = IntStream.range(0, before.length).filter(i -> before[i] != after[i]).count();
      assertTrue(changed > before.length / 2, changed + " changed"); // the rest by less than an ulp
    }
  }

  private static float[] weights(Workload workload) {
    float[] weights = new float[16 * 4];
    workload.queue.download(workload.parameters.get("weight_hh_l0").value(), weights, 0);
    return weights;
  }

  @Test
  void streamsCarryTheirStateOn() {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
        Workload workload = Workload.of(what(BenchMode.STREAM, "T=1,B=1,I=4,H=4"), device)) {
      workload.enqueue();
      float[] first = ((StreamingWorkload) workload).out.clone();
      workload.enqueue();
      float[] second = ((StreamingWorkload) workload).out.clone();
      for (int i = 0; i < first.length; i++) {
        assertNotEquals(0, first[i]);
        assertNotEquals(first[i], second[i], "the same input after another state");
      }
    }
  }
}
