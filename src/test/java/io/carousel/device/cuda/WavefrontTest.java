package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carousel.conformance.PlanFixture;
import io.carousel.device.DeviceOptions;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cuda.EmulatedRuntime.Timing;
import io.carousel.rnn.StackFixture;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers that run as a wavefront compute what they compute in turns, whatever streams do. */
class WavefrontTest {
  private static final PackedShape RAGGED = PackedShape.of(20, 3, 0, 17, 9);
  private static final PackedShape DENSE = PackedShape.dense(9, 4);

  private static final List<RecurrentSpec> STACKS =
      List.of(
          RecurrentSpec.lstm(5, 17).withNumLayers(4).withDropout(0.3),
          RecurrentSpec.gru(5, 20).withNumLayers(2),
          RecurrentSpec.rnn(5, 40).withNumLayers(6).withDropout(0.2)); // two layers in a queue

  private static CudaDevice open(Timing timing, String wavefront) {
    return open(timing, wavefront, DeviceOptions.DEFAULT);
  }

  private static CudaDevice open(Timing timing, String wavefront, DeviceOptions options) {
    return new CudaDevice(
        "cuda:0",
        Emulation.runtime(timing == Timing.LATE, timing, 256L << 20),
        options,
        PersistentSupport.choice("on", wavefront));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void bitsAreThoseOfLayersInTurns(Precision precision) {
    try (CudaDevice inTurns = open(Timing.AT_ONCE, "off");
        CudaDevice atOnce = open(Timing.AT_ONCE, "on");
        CudaDevice late = open(Timing.LATE, "on");
        CudaDevice ahead = open(Timing.AHEAD, "on")) {
      for (RecurrentSpec stack : STACKS) {
        for (PackedShape shape : List.of(RAGGED, DENSE)) {
          StackFixture fixture = new StackFixture(stack.withPrecision(precision), shape, 7);
          for (Function<CudaDevice, Map<String, double[]>> run : runs(fixture)) {
            Map<String, double[]> expected = run.apply(inTurns);
            for (CudaDevice device : List.of(atOnce, late, ahead)) {
              Map<String, double[]> got = run.apply(device);
              assertEquals(expected.keySet(), got.keySet());
              expected.forEach((name, v) -> assertArrayEquals(v, got.get(name), name));
            }
          }
        }
      }
    }
  }

  /** Training, inference, and inference in which the kernels multiply the inputs too. */
  private static List<Function<CudaDevice, Map<String, double[]>>> runs(StackFixture fixture) {
    return List.of(
        device -> fixture.run(device, PlanChoice.FUSED, true),
        device -> fixture.run(device, PlanChoice.FUSED, false),
        device -> fixture.run(device, PlanChoice.FUSED, false, Products.ROW_INVARIANT));
  }

  /** The latest pass says what was launched, which its shape and a trace decide, too. */
  @Test
  void passesSayWhatRanSideBySide() {
    String each = "; one launch for each layer and direction";
    String chunks = each + " and chunk of time";
    RecurrentSpec deep = STACKS.get(0);
    PackedShape one = PackedShape.dense(8, 2); // a single chunk
    assertLaunch(chunks + ", 4 layers side by side", "on", false, deep, DENSE);
    assertLaunch(each, "on", false, deep, one);
    assertLaunch(each, "off", false, deep, DENSE);
    assertLaunch(each, "on", false, deep.withNumLayers(1), DENSE);
    assertLaunch(chunks, "off", true, deep, DENSE);
    RecurrentSpec both = deep.withBidirectional(true);
    assertLaunch(each + ", the two directions side by side", "on", false, both, DENSE);
    assertLaunch(chunks, "on", true, both, DENSE);
  }

  private static void assertLaunch(
      String expected, String wavefront, boolean recompute, RecurrentSpec spec, PackedShape shape) {
    DeviceOptions options = DeviceOptions.DEFAULT.withRecompute(recompute);
    try (CudaDevice device = open(Timing.AT_ONCE, wavefront, options);
        Queue queue = device.openQueue();
        RecurrentPlan plan = device.fusedPlan(spec, new PlanCapacity(100, 5));
        PlanFixture fixture = new PlanFixture(queue, spec, shape, 0)) {
      assertEquals("no training pass so far", plan.launch());
      for (int pass = 0; pass < 2; pass++) { // the second one is recorded
        fixture.forward(plan).close();
        assertEquals(expected, plan.launch().substring(plan.launch().indexOf(';')));
      }
      assertEquals("recorded" + expected, plan.launch());
      fixture.forward(plan, new RecurrentPlan.Trace() {}).close();
      assertFalse(plan.launch().contains("side by side"), plan.launch());
    }
  }

  /** A chunk comes after the one before it and after the same one of the layer below. */
  @Test
  void everyChunkOfEveryLayerHasItsTurn() {
    for (int layers = 1; layers <= 5; layers++) {
      for (int chunks = 1; chunks <= 5; chunks++) {
        Set<ChunkTurn> done = new HashSet<>();
        for (ChunkTurn next : ChunkTurn.wavefront(layers, chunks)) {
          int layer = next.layer();
          int chunk = next.chunk();
          assertEquals(chunk > 0, done.contains(new ChunkTurn(layer, chunk - 1)));
          assertEquals(layer > 0, done.contains(new ChunkTurn(layer - 1, chunk)));
          assertEquals(false, done.contains(new ChunkTurn(layer - 1, chunk + 1)));
          assertEquals(true, done.add(next));
        }
        assertEquals(layers * chunks, done.size());
      }
    }
  }
}
