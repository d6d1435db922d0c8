package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.RealGpu;
import io.carousel.data.SequenceBatch;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.nn.Parameter;
import io.carousel.optim.Adam;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training on a real GPU: the same bits each time, memory that stays flat, life after its end. */
@Tag("gpu")
class GpuTrainingTest {
  private static final int INPUTS = 24;

  private static SequenceBatch batch(long seed, int... lengths) {
    PackedShape shape = PackedShape.of(lengths);
    Random random = new Random(seed);
    float[] x = new float[shape.rows() * INPUTS];
    float[] y = new float[shape.rows()];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextFloat() - 0.5f;
    }
    return SequenceBatch.ofFeatures(shape, INPUTS, x).withValues(true, 1, y);
  }

  private static SequenceBatch dense(long seed, int steps, int sequences) {
    int[] lengths = new int[sequences];
    java.util.Arrays.fill(lengths, steps);
    return batch(seed, lengths);
  }

  private static Trainer<SequenceBatch> trainer(SequenceModel model) {
    return new Trainer<>(
        SequenceObjective.meanSquaredError(model),
        new Adam(model.parameters(), 1e-3),
        new TrainerSettings().clipNorm(1));
  }

  private static List<Double> train(RecurrentLayer.Builder<?, ?> stack) {
    List<Double> numbers = new ArrayList<>();
    try (Device device = RealGpu.open();
        SequenceModel model = SequenceModel.around(stack).head(1).build(device, 5);
        Trainer<SequenceBatch> trainer = trainer(model)) {
      List<SequenceBatch> batches =
          List.of(dense(1, 40, 16), batch(2, 33, 40, 0, 7, 40, 12), dense(3, 40, 16));
      for (int i = 0; i < 12; i++) {
        numbers.add(trainer.step(List.of(batches.get(i % batches.size()))));
      }
      for (Parameter parameter : model.parameters()) {
        for (double value : parameter.download(model.queue())) {
          numbers.add(value);
        }
      }
    }
    return numbers;
  }

  @Test
  void twentyRunsGiveTheSameBits() {
    for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
      List<RecurrentLayer.Builder<?, ?>> stacks =
          List.of(
              Lstm.builder(INPUTS, 96)
                  .layers(2)
                  .bidirectional(true)
                  .dropout(0.3)
                  .precision(precision),
              Gru.builder(INPUTS, 96).layers(2).dropout(0.3).precision(precision));
      for (RecurrentLayer.Builder<?, ?> stack : stacks) {
        List<Double> first = train(stack);
        for (int run = 1; run < 20; run++) {
          assertEquals(first, train(stack), "run " + run + " of " + stack.spec());
        }
      }
    }
  }

  @Test
  void smallerBatchesWorkWhenMemoryRanOut() {
    long peak;
    try (Device device = RealGpu.open();
        SequenceModel model = model(device);
        Trainer<SequenceBatch> trainer = trainer(model)) {
      trainer.step(List.of(dense(1, 20, 8)));
      peak = device.peakAllocatedBytes();
    }
    for (int percent = 105; percent < 400; percent += 37) {
      try (Device device = RealGpu.open(new DeviceOptions(0, peak * percent / 100));
          SequenceModel model = model(device);
          Trainer<SequenceBatch> trainer = trainer(model)) {
        trainer.step(List.of(dense(1, 20, 8)));
        DeviceOutOfMemoryException refused =
            assertThrows(
                DeviceOutOfMemoryException.class, () -> trainer.step(List.of(dense(1, 20, 2000))));
        assertTrue(refused.getMessage().contains("budget"), refused.getMessage());
        assertTrue(Double.isFinite(trainer.step(List.of(dense(2, 20, 8)))));
      }
    }
  }

  /** Not the budget, but the GPU itself has no more. */
  @Test
  void theGpuItselfRunsOutOfMemory() {
    try (Device device = RealGpu.open();
        SequenceModel model = model(device);
        Trainer<SequenceBatch> trainer = trainer(model);
        BufferScope scope = new BufferScope(device, "hoard")) {
      double before = trainer.step(List.of(dense(1, 20, 8)));
      assertTrue(Double.isFinite(before));
      DeviceOutOfMemoryException refused =
          assertThrows(
              DeviceOutOfMemoryException.class,
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  scope.reals("gibibyte " + i, 1 << 14, 1 << 14);
                }
              });
      assertTrue(refused.getMessage().contains("hoard"), refused.getMessage());
      assertTrue(refused.getMessage().contains("the driver has"), refused.getMessage());
      scope.close();
      assertTrue(Double.isFinite(trainer.step(List.of(dense(2, 20, 64)))));
    }
  }

  private static SequenceModel model(Device device) {
    return SequenceModel.around(Lstm.builder(INPUTS, 32).layers(2).bidirectional(true).dropout(0.1))
        .headDropout(0.1)
        .head(1)
        .build(device, 1);
  }

  @Test
  void uploadsOfADozenMegabytesArriveWhole() {
    try (Device device = RealGpu.open();
        var queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      float[] sent = new float[3_000_001];
      for (int i = 0; i < sent.length; i++) {
        sent[i] = i;
      }
      float[] expected = sent.clone();
      var x = scope.reals("x", 1, sent.length);
      queue.upload(sent, 0, x);
      java.util.Arrays.fill(sent, -1);
      float[] received = new float[sent.length];
      queue.download(x, received, 0);
      assertArrayEquals(expected, received);
    }
  }
}
