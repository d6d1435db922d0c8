package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.DeviceOptions;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
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

  private static CudaDevice open(boolean late, String wavefront) {
    return new CudaDevice(
        "cuda:0",
        Emulation.runtime(late, 256L << 20),
        DeviceOptions.DEFAULT,
        PersistentSupport.choice("on", wavefront));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void bitsAreThoseOfLayersInTurns(Precision precision) {
    try (CudaDevice inTurns = open(false, "off");
        CudaDevice eager = open(false, "on");
        CudaDevice late = open(true, "on")) {
      for (RecurrentSpec stack : STACKS) {
        for (PackedShape shape : List.of(RAGGED, DENSE)) {
          StackFixture fixture = new StackFixture(stack.withPrecision(precision), shape, 7);
          for (Function<CudaDevice, Map<String, double[]>> run : runs(fixture)) {
            Map<String, double[]> expected = run.apply(inTurns);
            for (CudaDevice device : List.of(eager, late)) {
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

  @Test
  void plansSayWhetherLayersShareTheGpu() {
    RecurrentSpec deep = STACKS.get(0);
    try (CudaDevice device = open(false, "on");
        CudaDevice inTurns = open(false, "off");
        RecurrentPlan wavefront = device.fusedPlan(deep, new PlanCapacity(100, 5));
        RecurrentPlan single = device.fusedPlan(deep.withNumLayers(1), new PlanCapacity(100, 5));
        RecurrentPlan off = inTurns.fusedPlan(deep, new PlanCapacity(100, 5))) {
      String plain = "one launch for each layer and direction";
      String shared = plain + " and chunk of time, 4 layers side by side";
      assertEquals("no training pass so far; " + shared, wavefront.launch());
      assertEquals("no training pass so far; " + plain, single.launch());
      assertEquals("no training pass so far; " + plain, off.launch());
    }
  }

  /** A chunk comes after the one before it and after the same one of the layer below. */
  @Test
  void everyChunkOfEveryLayerHasItsTurn() {
    for (int layers = 1; layers <= 5; layers++) {
      for (int chunks = 1; chunks <= 5; chunks++) {
        Set<ChunkOrder> done = new HashSet<>();
        for (ChunkOrder next : ChunkOrder.wavefront(layers, chunks)) {
          int layer = next.layer();
          int chunk = next.chunk();
          assertEquals(chunk > 0, done.contains(new ChunkOrder(layer, chunk - 1)));
          assertEquals(layer > 0, done.contains(new ChunkOrder(layer - 1, chunk)));
          assertEquals(false, done.contains(new ChunkOrder(layer - 1, chunk + 1)));
          assertEquals(true, done.add(next));
        }
        assertEquals(layers * chunks, done.size());
      }
    }
  }
}
