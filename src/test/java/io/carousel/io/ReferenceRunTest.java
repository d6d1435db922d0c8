package io.carousel.io;

import static io.carousel.io.Failures.assertBadArgument;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.ElementType;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Stacks agree with cases computed by libtorch, and a difference does not go unnoticed. */
class ReferenceRunTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void casesOfLibtorchAreReproduced(String deviceName) throws IOException {
    for (Path file : TestData.requireCases()) {
      ReferenceCase reference = ReferenceCase.read(file);
      try (Device device = TestData.openOrSkip(deviceName)) {
        Precision precision = precision(device);
        double tolerance = Tolerance.of(reference.dtype() == Dtype.F64, device, precision);
        for (PlanChoice plan : List.of(PlanChoice.AUTO, PlanChoice.STEPWISE)) {
          ReferenceRun run = ReferenceRun.of(reference, device, plan, precision);
          assertTrue(run.isWithin(tolerance), file + ": " + run.differences());
          boolean lstm = reference.spec().cell() == ReferenceSpec.Cell.LSTM;
          int parameters = reference.spec().parameterShapes().size();
          assertEquals(parameters + (lstm ? 10 : 7), run.differences().size(), "compared tensors");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"rnn_tanh,false", "rnn_relu,true", "lstm,false", "lstm,true", "gru,true"})
  void numbersThatAreNotTrueDiffer(String cell, boolean packed) throws IOException {
    ReferenceCase reference =
        ReferenceCase.read(
            ReferenceCaseTest.Draft.of(cell, packed).write(folder.resolve("case.safetensors")));
    try (Device device = TestData.openOrSkip("reference")) {
      ReferenceRun run = ReferenceRun.of(reference, device, PlanChoice.AUTO, Precision.FP64);
      assertFalse(
          run.isWithin(Tolerance.of(reference.dtype() == Dtype.F64, device, Precision.FP64)));
    }
  }

  @Test
  void sequencesShorterThanTheCaseAreComparedToItsEnd() throws IOException {
    ReferenceCaseTest.Draft draft = ReferenceCaseTest.Draft.of("gru", true);
    draft.put("lengths", new long[] {1, 0, 1}, 3);
    ReferenceCase reference = ReferenceCase.read(draft.write(folder.resolve("case.safetensors")));
    try (Device device = TestData.openOrSkip("reference")) {
      ReferenceRun run = ReferenceRun.of(reference, device, PlanChoice.AUTO, Precision.FP64);
      double[] output = reference.tensor("output").values();
      double padding = Math.max(Math.abs(output[1]), Math.abs(output[5]));
      assertTrue(run.differences().get(0).absolute() >= padding, "zeros past the ends");
    }
  }

  @Test
  void aNanIsAboveEveryTolerance() {
    double[] reference = {1, 2, 3};
    TensorDifference nan = TensorDifference.of("x", reference, new double[] {1, Double.NaN, 3});
    assertFalse(nan.isWithin(Double.POSITIVE_INFINITY), nan.toString());
    TensorDifference infinite =
        TensorDifference.of("x", reference, new double[] {1, 2, Double.POSITIVE_INFINITY});
    assertFalse(infinite.isWithin(1e300), infinite.toString());
  }

  @Test
  void differencesAreRelativeToTheLargestElementButNotBelowOne() {
    TensorDifference small = TensorDifference.of("x", new double[] {0.1}, new double[] {0.2});
    assertEquals(0.1, small.relative(), 1e-15);
    TensorDifference large =
        TensorDifference.of("x", new double[] {-10, 1}, new double[] {-10, 1.5});
    assertEquals(0.5, large.absolute(), 1e-15);
    assertEquals(0.05, large.relative(), 1e-15);
  }

  @Test
  void whatTheDeviceCannotDoIsRefused() throws IOException {
    ReferenceCase reference =
        ReferenceCase.read(
            ReferenceCaseTest.Draft.of("gru", true).write(folder.resolve("case.safetensors")));
    try (Device device = Devices.open("reference")) {
      assertBadArgument(
          () -> ReferenceRun.of(reference, device, PlanChoice.FUSED, Precision.FP32),
          "no fused plan: device reference has no fused plans");
    }
    try (Device device = TestData.openOrSkip("cpu")) {
      assertBadArgument(
          () -> ReferenceRun.of(reference, device, PlanChoice.AUTO, Precision.FP64),
          "device cpu does not compute in FP64");
    }
  }

  private static Precision precision(Device device) {
    return device.realType() == ElementType.F64 ? Precision.FP64 : Precision.FP32;
  }
}
