package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.CheckpointFolder;
import io.carousel.optim.ReduceOnPlateau;
import io.carousel.optim.RmsProp;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Truncated BPTT with carried states and a schedule driven by the loss: stopped anywhere, resumed,
 * the same bits.
 */
class CarriedStateResumeTest {
  /**
   * Six batches an epoch that go on one from the other: two texts of twelve characters, four at a
   * time.
   */
  private static final class Texts implements BatchSource<SequenceBatch> {
    @Override
    public int size() {
      return 6;
    }

    @Override
    public SequenceBatch batch(int epoch, int index) {
      Random random = new Random(index);
      int[] ids = random.ints(8, 0, 5).toArray();
      int[] next = random.ints(8, 0, 5).toArray();
      return SequenceBatch.ofIds(PackedShape.dense(4, 2), ids)
          .withLabels(true, next)
          .withCarry(index % 3 == 0 ? SequenceBatch.Carry.START : SequenceBatch.Carry.CONTINUE);
    }

    @Override
    public int samples(SequenceBatch batch) {
      return 2;
    }
  }

  @TempDir Path folder;

  private static SequenceModel model(Device device) {
    return SequenceModel.around(Lstm.builder(3, 6)).embedding(5).head(5).build(device, 2);
  }

  private static TrainerSettings settings() {
    return new TrainerSettings()
        .epochs(3)
        .clipValue(0.1)
        .schedule(new ReduceOnPlateau(ReduceOnPlateau.Goal.LOWER, 0.5, 0).threshold(0.5));
  }

  private static Trainer<SequenceBatch> trainer(SequenceModel model, TrainerSettings settings) {
    return new Trainer<>(
        SequenceObjective.crossEntropy(model),
        new RmsProp(model.parameters(), 0.01).momentum(0.5),
        settings);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 11, 17})
  void resumesWithCarriedStates(int stopAfter) throws Exception {
    try (Device device = Devices.open("cpu")) {
      Map<String, double[]> expected;
      try (SequenceModel model = model(device);
          Trainer<SequenceBatch> trainer = trainer(model, settings())) {
        trainer.fit(new Texts(), new Texts());
        expected = TrainerTest.weights(model);
      }
      CheckpointFolder checkpoints = CheckpointFolder.create(folder.resolve("c" + stopAfter));
      try (SequenceModel model = model(device);
          Trainer<SequenceBatch> trainer =
              trainer(model, settings().checkpoints(checkpoints, 1).listener(stopAt(stopAfter)))) {
        // the power fails: what remains is the checkpoint after each step
        assertThrows(PowerFailure.class, () -> trainer.fit(new Texts(), new Texts()));
      }
      try (SequenceModel model = model(device);
          Trainer<SequenceBatch> trainer =
              trainer(
                  model,
                  settings()
                      .checkpoints(CheckpointFolder.open(folder.resolve("c" + stopAfter)), 1))) {
        assertEquals(stopAfter > 1, trainer.resume());
        trainer.fit(new Texts(), new Texts());
        Map<String, double[]> got = TrainerTest.weights(model);
        expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), 0, name));
      }
    }
  }

  private static final class PowerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Fails after a step was made and before its checkpoint is written. */
  private static TrainingListener stopAt(int stopAfter) {
    return new TrainingListener() {
      private int steps;

      @Override
      public void stepped(int epoch, int step, double loss, int samples) {
        if (++steps == stopAfter) {
          throw new PowerFailure();
        }
      }
    };
  }

  @Test
  void anotherDeviceIsRefused() throws Exception {
    try (Device cpu = Devices.open("cpu");
        Device reference = Devices.open("reference")) {
      try (SequenceModel model = model(cpu);
          Trainer<SequenceBatch> trainer =
              trainer(model, settings().checkpoints(CheckpointFolder.create(folder), 0))) {
        trainer.fit(new Texts());
      }
      try (SequenceModel model = model(reference);
          Trainer<SequenceBatch> trainer =
              trainer(model, settings().checkpoints(CheckpointFolder.open(folder), 0))) {
        IOException refused = assertThrows(IOException.class, trainer::resume);
        assertTrue(refused.getMessage().contains("another device: 'cpu'"), refused.getMessage());
      }
    }
  }

  /** Which makes other bits, on the same device. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void otherRecomputationIsRefused(boolean before) throws Exception {
    DeviceProvider provider = TestDevices.provider("cuda-emulated");
    String why = provider.whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    try (Device first = provider.open(0, DeviceOptions.DEFAULT.withRecompute(before));
        Device second = provider.open(0, DeviceOptions.DEFAULT.withRecompute(!before))) {
      try (SequenceModel model = model(first);
          Trainer<SequenceBatch> trainer =
              trainer(model, settings().checkpoints(CheckpointFolder.create(folder), 0))) {
        trainer.fit(new Texts());
      }
      for (Device device : List.of(first, second)) {
        try (SequenceModel model = model(device);
            Trainer<SequenceBatch> trainer =
                trainer(model, settings().checkpoints(CheckpointFolder.open(folder), 0))) {
          if (device == first) {
            assertTrue(trainer.resume());
          } else {
            IOException refused = assertThrows(IOException.class, trainer::resume);
            String words = before ? "'computed again', this one is 'kept'" : "'kept', this one";
            assertTrue(refused.getMessage().contains("gates in backward"), refused.getMessage());
            assertTrue(refused.getMessage().contains(words), refused.getMessage());
          }
        }
      }
    }
  }

  @Test
  void aStateIsForgottenWithTheStepThatBrokeIt() {
    try (Device device = Devices.open("cpu");
        SequenceModel model = SequenceModel.around(Lstm.builder(1, 3)).head(1).build(device, 2);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new RmsProp(model.parameters(), 0.01),
                new TrainerSettings())) {
      SequenceBatch start =
          SequenceBatch.ofFeatures(PackedShape.dense(1, 1), 1, new float[] {Float.NaN})
              .withValues(true, 1, new float[1])
              .withCarry(SequenceBatch.Carry.START);
      assertThrows(TrainingException.class, () -> trainer.step(List.of(start)));
      SequenceBatch next =
          SequenceBatch.ofFeatures(PackedShape.dense(1, 1), 1, new float[1])
              .withValues(true, 1, new float[1])
              .withCarry(SequenceBatch.Carry.CONTINUE);
      assertThrows(IllegalArgumentException.class, () -> trainer.step(List.of(next)));
    }
  }
}
