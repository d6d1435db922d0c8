package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
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
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training in the steady state: nothing is allocated on the device, and next to nothing on the
 * heap.
 */
class SteadyStateTest {
  private static final int STEPS = 100;
  private static final int BATCH = 32;
  private static final int INPUTS = 64;

  static Stream<RecurrentLayer.Builder<?, ?>> stacks() {
    return Stream.of(Lstm.builder(INPUTS, 128), Gru.builder(INPUTS, 128), Rnn.builder(INPUTS, 128));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void allocatesUnderOneKilobytePerTimeStep(RecurrentLayer.Builder<?, ?> stack) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
        SequenceModel model = SequenceModel.around(stack).head(1).build(device, 1);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Sgd(model.parameters(), 0.01),
                new TrainerSettings().clipNorm(1))) {
      float[] features = new float[STEPS * BATCH * INPUTS];
      Arrays.fill(features, 0.1f);
      SequenceBatch batch =
          SequenceBatch.ofFeatures(PackedShape.dense(STEPS, BATCH), INPUTS, features)
              .withValues(true, 1, new float[STEPS * BATCH]);
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
