package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Activation;
import io.carousel.device.DeviceOptions;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which stacks have persistent plans, and what is said of the others. */
class PersistentSupportTest {
  private static final PlanCapacity CAPACITY = new PlanCapacity(100, 20);
  private static final RecurrentSpec LSTM = RecurrentSpec.lstm(5, 20).withPrecision(Precision.BF16);
  private static final RecurrentSpec RNN = RecurrentSpec.rnn(5, 20).withPrecision(Precision.BF16);

  private final RuntimeWithFaults runtime =
      new RuntimeWithFaults(Emulation.runtime(false, 64L << 20));
  private final CudaDevice device =
      new CudaDevice(
          "cuda:0", runtime, DeviceOptions.DEFAULT, PersistentSupport.choice("on", "on"));

  @AfterEach
  void close() {
    device.close();
  }

  private String whyNot(RecurrentSpec spec) {
    return device.whyNotFused(spec, CAPACITY);
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, persistent-fp32",
    "TF32, persistent-tf32",
    "BF16, persistent-bf16",
    "FP16, persistent-fp16"
  })
  void plansAreNamedByPrecision(Precision precision, String kernel) {
    RecurrentSpec spec = LSTM.withPrecision(precision);
    assertNull(whyNot(spec));
    try (RecurrentPlan plan = device.fusedPlan(spec, CAPACITY)) {
      assertEquals(kernel, plan.kernel());
      assertNull(plan.whyNotFused());
    }
  }

  @Test
  void theReasonIsNamed() {
    assertEquals(
        "device cuda:0 does not compute in FP64", whyNot(LSTM.withPrecision(Precision.FP64)));
    assertEquals("the persistent plan has no projection", whyNot(LSTM.withProjSize(3)));
    assertEquals("the persistent plan has no peepholes", whyNot(LSTM.withPeephole(true)));
    assertEquals(
        "the persistent plan has no coupled input and forget gates",
        whyNot(LSTM.withCoupledInputForget(true)));
    assertEquals("the persistent plan does not clip the cell state", whyNot(LSTM.withCellClip(3)));
    assertEquals(
        "the persistent plan has no RNN cells of softsign",
        whyNot(RNN.withActivation(Activation.SOFTSIGN)));
    assertNull(whyNot(RNN.withActivation(Activation.RELU)));
    assertEquals(
        "the persistent plan has no RNN cells of relu(clip=2.0)",
        whyNot(RNN.withActivation(Activation.RELU.withClip(2))));
    assertEquals(
        "the persistent plan has no GRU that resets before the recurrent product",
        whyNot(RecurrentSpec.gru(5, 20).withResetAfter(false).withPrecision(Precision.TF32)));
    runtime.bf16 = false;
    assertEquals(
        "persistent kernels need a GPU of compute capability 8.0 or later",
        whyNot(LSTM.withPrecision(Precision.TF32)));
  }

  @Test
  void weightsMustFitIntoTheMultiprocessors() {
    RecurrentSpec large = RecurrentSpec.lstm(5, 4000).withPrecision(Precision.BF16);
    String why =
        "the recurrent weights of 4000 units in BF16 do not fit into the 16 multiprocessors";
    assertEquals(why, whyNot(large));
    Exception refused =
        assertThrows(UnsupportedOperationException.class, () -> device.fusedPlan(large, CAPACITY));
    assertEquals(why, refused.getMessage());
  }

  /** Half of the GPU for each direction as long as that holds the weights, then all in turns. */
  @Test
  void directionsShareTheGpuWhereTheyCan() {
    boolean sharing = true;
    int largest = 0;
    for (int units = 32; ; units += 32) {
      RecurrentSpec spec =
          RecurrentSpec.lstm(5, units).withBidirectional(true).withPrecision(Precision.BF16);
      PersistentLayouts layouts = PersistentLayouts.of(device, spec, 20, Sharing.DIRECTIONS);
      if (layouts == null) {
        break;
      }
      assertTrue(sharing || layouts.ways() == 1, "again side by side with " + units);
      sharing = layouts.ways() == 2;
      largest = units;
    }
    RecurrentSpec one = RecurrentSpec.lstm(5, largest).withPrecision(Precision.BF16);
    assertNotNull(PersistentLayouts.of(device, one, 20, Sharing.NONE));
    assertFalse(sharing, "the largest that runs takes the GPU in turns: " + largest);
  }

  /** A batch that a part of the GPU would take in several rounds has the whole one in turns. */
  @Test
  void layersShareTheGpuWhileABatchGoesInOne() {
    RecurrentSpec deep = RecurrentSpec.lstm(5, 64).withNumLayers(4).withPrecision(Precision.BF16);
    int ways = 4;
    for (int batchSize = 8; ; batchSize *= 2) {
      PersistentLayouts layouts = PersistentLayouts.of(device, deep, batchSize, Sharing.LAYERS);
      if (layouts == null || layouts.ways() == 1) {
        break;
      }
      assertTrue(layouts.ways() <= ways, "more ways with " + batchSize);
      ways = layouts.ways();
    }
    assertEquals(4, PersistentLayouts.of(device, deep, 8, Sharing.LAYERS).ways());
    assertNotNull(PersistentLayouts.of(device, deep, 4096, Sharing.LAYERS));
    assertEquals(1, PersistentLayouts.of(device, deep, 4096, Sharing.LAYERS).ways());
  }

  /** Where their weights fit beside the recurrent ones; the states alone must fit anyway. */
  @Test
  void inputsAreMultipliedWhereTheirWeightsFit() {
    RecurrentSpec deep = RecurrentSpec.gru(7, 60).withNumLayers(2);
    PersistentLayouts layouts = PersistentLayouts.of(device, deep, 20, Sharing.LAYERS);
    assertNotNull(layouts);
    assertTrue(layouts.holdInputs(7) && layouts.holdInputs(60));
    PersistentLayouts wide =
        PersistentLayouts.of(device, deep.withInputSize(3000), 20, Sharing.LAYERS);
    assertNotNull(wide);
    assertFalse(wide.holdInputs(3000));
    assertTrue(wide.holdInputs(60));
  }

  @Test
  void theUserChooses() {
    assertNull(PersistentSupport.choice("on", "on").whyNot());
    assertEquals(
        "persistent kernels have not been measured on a GPU yet:"
            + " -Dcarousel.cuda.persistent=on offers them",
        PersistentSupport.choice("off", "on").whyNot());
    try (CudaDevice standard = Emulation.open()) {
      assertEquals(
          PersistentSupport.choice("off", "on").whyNot(), standard.whyNotFused(LSTM, CAPACITY));
    }
  }
}
