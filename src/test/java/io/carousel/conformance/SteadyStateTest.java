package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training in the steady state: nothing is allocated on the device, and next to nothing on the
 * heap.
 */
class SteadyStateTest {
  private static final int STEPS = 100;

  static Stream<Arguments> stacks() {
    return Devices.providers().stream()
        .filter(device -> device.whyUnavailable() == null && !device.name().equals("reference"))
        .flatMap(
            device -> {
              // emulated: the smallest work for the same number of calls
              boolean emulated = device.name().startsWith("cuda-emulated");
              int batch = emulated ? 2 : 32;
              int inputs = emulated ? 3 : 64;
              int hidden = emulated ? 4 : 128;
              return Stream.of(
                      Lstm.builder(inputs, hidden),
                      Gru.builder(inputs, hidden),
                      Rnn.builder(inputs, hidden),
                      Lstm.builder(inputs, hidden).plan(PlanChoice.STEPWISE))
                  .map(stack -> Arguments.of(device.name(), stack, batch, inputs));
            });
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void allocatesUnderOneKilobytePerTimeStep(
      String name, RecurrentLayer.Builder<?, ?> stack, int batchSize, int inputs) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Device device = Devices.open(name, DeviceOptions.DEFAULT.withThreads(2));
        SequenceModel model = SequenceModel.around(stack).head(1).build(device, 1);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Sgd(model.parameters(), 0.01),
                new TrainerSettings().clipNorm(1))) {
      float[] features = new float[STEPS * batchSize * inputs];
      Arrays.fill(features, 0.1f);
      SequenceBatch batch =
          SequenceBatch.ofFeatures(PackedShape.dense(STEPS, batchSize), inputs, features)
              .withValues(true, 1, new float[STEPS * batchSize]);
      List<SequenceBatch> step = List.of(batch);
      for (int i = 0; i < 60; i++) {
        trainer.step(step);
      }
      long onDevice = device.allocationCount();
      long before = allocatedBytes(threads);
      long repeats = 10;
      for (int i = 0; i < repeats; i++) {
        trainer.step(step);
      }
      long perTimeStep = (allocatedBytes(threads) - before) / (repeats * STEPS);
      assertEquals(onDevice, device.allocationCount());
      assertTrue(perTimeStep < 1024, perTimeStep + " bytes of heap per time step");
    }
  }

  /** Of this thread and of the device's. */
  private static long allocatedBytes(com.sun.management.ThreadMXBean threads) {
    long sum = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread == Thread.currentThread() || thread.getName().startsWith("carousel-")) {
        sum += threads.getThreadAllocatedBytes(thread.getId());
      }
    }
    return sum;
  }
}
