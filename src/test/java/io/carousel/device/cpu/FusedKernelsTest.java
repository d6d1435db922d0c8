package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.CpuInstructions;
import io.carousel.device.Activation;
import io.carousel.device.BundledLibrary;
import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Diagnosis;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import org.junit.jupiter.api.Test;

/** Which stacks the fused plan runs, on which kernels, and what is said where it does not. */
class FusedKernelsTest {
  private static final KernelLibrary.State AVX512 = new KernelLibrary.State(16, null);
  private static final KernelLibrary.State AVX2 = new KernelLibrary.State(8, null);
  private static final KernelLibrary.State NONE = new KernelLibrary.State(0, "no library");

  @Test
  void theBestThatThereAreUnlessTheUserChooses() {
    assertEquals("fused-avx512", FusedKernels.of("auto", () -> AVX512).plan());
    assertEquals("fused-avx2", FusedKernels.of("auto", () -> AVX2).plan());
    assertEquals("fused-avx2", FusedKernels.of("avx2", () -> AVX512).plan());
    assertEquals("fused-avx512", FusedKernels.of("avx512", () -> AVX512).plan());
    assertFalse(FusedKernels.of("auto", () -> AVX2).isMissing());
  }

  @Test
  void withoutKernelsTheReasonIsSaid() {
    FusedKernels missing = FusedKernels.of("auto", () -> NONE);
    assertEquals("no library", missing.problem());
    assertEquals("stepwise", missing.plan());
    assertTrue(missing.isMissing());
    FusedKernels off = FusedKernels.of("none", () -> AVX512);
    assertEquals("switched off by -Dcarousel.cpu.isa=none", off.problem());
    assertFalse(off.isMissing());
    try (Device device = new CpuDevice(DeviceOptions.DEFAULT, Libraries.get(), missing)) {
      RecurrentSpec spec = RecurrentSpec.lstm(2, 3);
      PlanCapacity capacity = new PlanCapacity(4, 5);
      assertEquals("no library", device.whyNotFused(spec, capacity));
      assertThrows(UnsupportedOperationException.class, () -> device.fusedPlan(spec, capacity));
      assertTrue(device.description().contains(" stepwise plan, "), device.description());
    }
  }

  @Test
  void whatIsAskedForAndCannotBeHadIsRefused() {
    assertMessage(
        "-Dcarousel.cpu.isa=avx512 cannot be had: this processor has AVX2, but not AVX-512",
        () -> FusedKernels.of("avx512", () -> AVX2));
    assertMessage(
        "-Dcarousel.cpu.isa=avx2 cannot be had: no library",
        () -> FusedKernels.of("avx2", () -> NONE));
    assertMessage(
        "-Dcarousel.cpu.isa is auto, avx512, avx2 or none, not 'sse'",
        () -> FusedKernels.of("sse", () -> AVX512));
    try (CpuInstructions wrong = new CpuInstructions("sse")) {
      assertMessage(
          "device cpu cannot be had: -Dcarousel.cpu.isa is auto, avx512, avx2 or none, not 'sse'",
          () -> Devices.open("cpu"));
      Diagnosis said = new CpuProvider().diagnose().get(2);
      assertFalse(said.ok());
      assertTrue(said.finding().endsWith("not 'sse'"), said.finding());
    }
  }

  private static void assertMessage(String message, Runnable action) {
    Exception refused = assertThrows(DeviceException.class, action::run);
    assertEquals(message, refused.getMessage());
  }

  @Test
  void theUserSeesWhatRuns() {
    try (CpuInstructions none = new CpuInstructions("none");
        Device device = Devices.open("cpu")) {
      assertTrue(device.description().contains(" stepwise plan, "), device.description());
      Diagnosis said = new CpuProvider().diagnose().get(2);
      assertTrue(said.ok());
      assertEquals(
          "stepwise, slower, because: switched off by -Dcarousel.cpu.isa=none", said.finding());
    }
    CpuInstructions.available()
        .forEach(
            instructions -> {
              try (CpuInstructions chosen = new CpuInstructions(instructions);
                  Device device = Devices.open("cpu")) {
                String plan = "fused-" + instructions;
                assertTrue(device.description().contains(plan + " plan"), device.description());
                assertEquals(plan, new CpuProvider().diagnose().get(2).finding());
              }
            });
  }

  @Test
  void theLibraryMustBeOfThisCode() {
    int words = RunDescriptor.Word.values().length;
    assertNull(KernelLibrary.mismatch(KernelLibrary.ABI, words));
    assertEquals(
        "the library carousel_cpu has ABI 7 with 3 words, this code needs %d with %d: build both together (mvn package)"
            .formatted(KernelLibrary.ABI, words),
        KernelLibrary.mismatch(7, 3));
    assumeTrue(BundledLibrary.isThere(KernelLibrary.NAME), "built without natives");
    assertNull(KernelLibrary.state(Libraries.get()).problem());
  }

  @Test
  void memoryMustHaveAddresses() {
    Libraries plain = new Libraries(new JavaGemm(), NativeMemory::direct, "JNA is missing");
    assertEquals(
        "Java does not tell where its memory is: JNA is missing",
        KernelLibrary.state(plain).problem());
  }

  @Test
  void everyStackIsRunOrRefusedWithTheReason() {
    RecurrentSpec lstm = RecurrentSpec.lstm(3, 4);
    RecurrentSpec gru = RecurrentSpec.gru(3, 4);
    RecurrentSpec rnn = RecurrentSpec.rnn(3, 4);
    for (RecurrentSpec spec :
        new RecurrentSpec[] {
          lstm,
          gru,
          rnn,
          rnn.withActivation(Activation.RELU),
          rnn.withActivation(Activation.IDENTITY),
          lstm.withNumLayers(3).withBidirectional(true).withDropout(0.5).withBias(false)
        }) {
      assertNull(FusedSupport.whyNot(spec));
    }
    assertReason("computes in FP32 only, not in BF16", lstm.withPrecision(Precision.BF16));
    assertReason("has no projection", lstm.withProjSize(2));
    assertReason("has no peepholes", lstm.withPeephole(true));
    assertReason("has no coupled input and forget gates", lstm.withCoupledInputForget(true));
    assertReason("does not clip the cell state", lstm.withCellClip(3));
    assertReason("has no GRU that resets before the recurrent product", gru.withResetAfter(false));
    assertReason("has sigmoid gates only, not relu", lstm.withGateActivation(Activation.RELU));
    assertReason(
        "has sigmoid gates only, not identity", gru.withGateActivation(Activation.IDENTITY));
    assertReason("has LSTM cells of tanh only, not relu", lstm.withActivation(Activation.RELU));
    assertReason("has GRU cells of tanh only, not relu", gru.withActivation(Activation.RELU));
    assertReason(
        "has sigmoid gates only, not hard_sigmoid(alpha=0.2, beta=0.5)",
        gru.withGateActivation(Activation.HARD_SIGMOID));
    assertReason(
        "has sigmoid gates only, not sigmoid(clip=3.0)",
        lstm.withGateActivation(Activation.SIGMOID.withClip(3)));
    assertReason(
        "has LSTM cells of tanh only, not tanh(clip=3.0)",
        lstm.withActivation(Activation.TANH.withClip(3)));
    assertReason(
        "has tanh on the cell's way out only, not softsign",
        lstm.withCellOutputActivation(Activation.SOFTSIGN));
    assertReason("has no RNN cells of elu(alpha=1.0)", rnn.withActivation(Activation.elu(1)));
    assertReason(
        "has no RNN cells of relu(clip=3.0)", rnn.withActivation(Activation.RELU.withClip(3)));
  }

  private static void assertReason(String reason, RecurrentSpec spec) {
    assertEquals("the fused plan " + reason, FusedSupport.whyNot(spec));
  }
}
