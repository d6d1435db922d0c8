package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.io.CheckpointFolder;
import io.carousel.nn.Parameter;
import io.carousel.optim.Adam;
import io.carousel.optim.CosineAnnealing;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  @TempDir Path temporary;

  private static SequenceModel model(Device device) {
    return SequenceModel.around(Lstm.builder(2, 7).layers(2).bidirectional(true).dropout(0.3))
        .headDropout(0.2)
        .head(1)
        .build(device, 5);
  }

  private static TrainerSettings settings() {
    return new TrainerSettings()
        .epochs(4)
        .clipNorm(0.5)
        .accumulate(2)
        .schedule(new CosineAnnealing(20, 0.1))
        .earlyStopping(EarlyStopping.patience(3));
  }

  private static final RaggedSums TRAIN = new RaggedSums(36, 1);
  private static final RaggedSums VALIDATION = new RaggedSums(9, 2);

  private static TrainingResult fit(SequenceObjective objective, TrainerSettings settings)
      throws Exception {
    try (Trainer<SequenceBatch> trainer = trainer(objective, settings)) {
      return trainer.fit(
          SequenceBatches.shuffled(TRAIN, 5, 3), SequenceBatches.inOrder(VALIDATION, 4));
    }
  }

  private static Trainer<SequenceBatch> trainer(
      SequenceObjective objective, TrainerSettings settings) {
    return new Trainer<>(objective, new Adam(objective.parameters(), 0.02), settings);
  }

  static Map<String, double[]> weights(SequenceModel model) {
    Map<String, double[]> all = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      all.put(parameter.path(), parameter.download(model.queue()));
    }
    return all;
  }

  private static void assertSameBits(Map<String, double[]> expected, Map<String, double[]> got) {
    expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), 0, name));
  }

  @Test
  void learnsSumsOfRaggedSequences() throws Exception {
    try (Device device = TestData.openOrSkip("cpu");
        SequenceModel model = SequenceModel.around(Gru.builder(2, 16)).head(1).build(device, 1);
        SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
      TrainingResult result = fit(objective, new TrainerSettings().epochs(60).clipNorm(1));
      double first = result.history().get(0).validationLoss();
      assertTrue(result.bestLoss() < first / 10, result.bestLoss() + " of " + first);
      assertEquals(TrainingResult.End.FINISHED, result.end());
    }
  }

  /** Every step is a place to stop: within an epoch, at its end, before early stopping. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 11, 15})
  void stopAndResumeEqualsTheUninterruptedRun(int stopAfter) throws Exception {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2))) {
      Map<String, double[]> expected;
      List<EpochMetrics> history;
      try (SequenceModel model = model(device);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
        history = fit(objective, settings()).history();
        expected = weights(model);
      }
      CheckpointFolder folder = CheckpointFolder.create(temporary.resolve("run" + stopAfter));
      try (SequenceModel model = model(device);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
        List<Trainer<?>> trainers = new ArrayList<>();
        TrainerSettings stopping =
            settings()
                .checkpoints(folder, 0)
                .listener(
                    new TrainingListener() {
                      private int steps;

                      @Override
                      public void stepped(int epoch, int step, double loss, int samples) {
                        if (++steps == stopAfter) {
                          trainers.get(0).requestStop();
                        }
                      }
                    });
        try (Trainer<SequenceBatch> trainer = trainer(objective, stopping)) {
          trainers.add(trainer);
          TrainingResult result =
              trainer.fit(
                  SequenceBatches.shuffled(TRAIN, 5, 3), SequenceBatches.inOrder(VALIDATION, 4));
          assertEquals(TrainingResult.End.INTERRUPTED, result.end());
        }
      }
      try (SequenceModel model = model(device);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model);
          Trainer<SequenceBatch> trainer =
              trainer(
                  objective,
                  settings()
                      .checkpoints(
                          CheckpointFolder.open(temporary.resolve("run" + stopAfter)), 0))) {
        assertTrue(trainer.resume());
        TrainingResult result =
            trainer.fit(
                SequenceBatches.shuffled(TRAIN, 5, 3), SequenceBatches.inOrder(VALIDATION, 4));
        assertSameBits(expected, weights(model));
        assertEquals(history.size(), result.history().size());
        for (int i = 0; i < history.size(); i++) {
          assertEquals(history.get(i).trainLoss(), result.history().get(i).trainLoss());
          assertEquals(history.get(i).validationLoss(), result.history().get(i).validationLoss());
          assertEquals(history.get(i).gradientNorm(), result.history().get(i).gradientNorm());
        }
      }
    }
  }

  @Test
  void sameSeedSameBitsOtherSeedOtherBits() throws Exception {
    try (Device device = TestData.openOrSkip("cpu")) {
      List<Map<String, double[]>> runs = new ArrayList<>();
      for (int seed : new int[] {5, 5, 6}) {
        try (SequenceModel model =
                SequenceModel.around(Lstm.builder(2, 7)).head(1).build(device, seed);
            SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
          fit(objective, settings());
          runs.add(weights(model));
        }
      }
      assertSameBits(runs.get(0), runs.get(1));
      assertFalse(
          java.util.Arrays.equals(
              runs.get(0).get("rnn.weight_hh_l0"), runs.get(2).get("rnn.weight_hh_l0")));
    }
  }

  @Test
  void resumingWithAnotherConfigurationIsRefused() throws Exception {
    try (Device device = TestData.openOrSkip("cpu")) {
      CheckpointFolder folder = CheckpointFolder.create(temporary);
      try (SequenceModel model = model(device);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
        fit(objective, settings().checkpoints(folder, 0).provenance("seed 5"));
      }
      try (SequenceModel model = model(device);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model);
          Trainer<SequenceBatch> trainer =
              trainer(objective, settings().checkpoints(folder, 0).provenance("seed 6"))) {
        Exception refused = assertThrows(java.io.IOException.class, trainer::resume);
        assertTrue(refused.getMessage().contains("seed 5"), refused.getMessage());
        assertTrue(refused.getMessage().contains("seed 6"), refused.getMessage());
      }
    }
  }

  @Test
  void accumulatedBatchesEqualOneLargeBatch() throws Exception {
    try (Device device = Devices.open("reference")) {
      List<Map<String, double[]>> runs = new ArrayList<>();
      for (int batch : new int[] {12, 4}) {
        try (SequenceModel model =
                SequenceModel.around(Lstm.builder(2, 5)).head(1).build(device, 5);
            SequenceObjective objective = SequenceObjective.meanSquaredError(model);
            Trainer<SequenceBatch> trainer =
                new Trainer<>(
                    objective,
                    new Sgd(model.parameters(), 0.1),
                    new TrainerSettings().epochs(2).accumulate(12 / batch))) {
          trainer.fit(SequenceBatches.inOrder(TRAIN, batch));
          runs.add(weights(model));
        }
      }
      runs.get(0)
          .forEach((name, values) -> assertArrayEquals(values, runs.get(1).get(name), 1e-12, name));
    }
  }

  @Test
  void earlyStoppingBringsTheBestWeightsBack() throws Exception {
    try (Device device = TestData.openOrSkip("cpu");
        SequenceModel model = SequenceModel.around(Gru.builder(2, 8)).head(1).build(device, 1);
        SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
      TrainerSettings settings =
          new TrainerSettings().epochs(400).earlyStopping(EarlyStopping.patience(4));
      try (Trainer<SequenceBatch> trainer =
          new Trainer<>(objective, new Adam(model.parameters(), 0.05), settings)) {
        SequenceBatches validation = SequenceBatches.inOrder(VALIDATION, 4);
        TrainingResult result =
            trainer.fit(SequenceBatches.shuffled(new RaggedSums(6, 9), 3, 3), validation);
        assertEquals(TrainingResult.End.STOPPED_EARLY, result.end());
        assertEquals(result.bestEpoch() + 4, result.history().size());
        assertEquals(result.bestLoss(), trainer.evaluate(validation), 0);
      }
    }
  }

  @Test
  void fastDevRunMakesOneStepAndOverfitBatchesLearnsThemByHeart() throws Exception {
    try (Device device = TestData.openOrSkip("cpu")) {
      try (SequenceModel model = SequenceModel.around(Gru.builder(2, 8)).head(1).build(device, 1);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
        TrainingResult result = fit(objective, new TrainerSettings().epochs(9).fastDevRun());
        assertEquals(1, result.history().size());
        assertEquals(1, result.history().get(0).step());
      }
      try (SequenceModel model = SequenceModel.around(Gru.builder(2, 16)).head(1).build(device, 1);
          SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
        TrainingResult result = fit(objective, new TrainerSettings().epochs(200).overfitBatches(1));
        assertEquals(200, result.history().get(199).step());
        assertTrue(result.history().get(199).trainLoss() < 1e-3);
      }
    }
  }

  @Test
  void brokenNumbersAreNamedAndNothingIsUpdated() throws Exception {
    try (Device device = TestData.openOrSkip("cpu");
        SequenceModel model = SequenceModel.around(Gru.builder(2, 4)).head(1).build(device, 1);
        SequenceObjective objective = SequenceObjective.meanSquaredError(model);
        Trainer<SequenceBatch> trainer = trainer(objective, new TrainerSettings())) {
      Map<String, double[]> before = weights(model);
      SequenceBatch good = TRAIN.batch(new int[] {0, 1});
      float[] features = good.features().clone();
      features[0] = Float.NaN;
      SequenceBatch bad =
          SequenceBatch.ofFeatures(good.shape(), 2, features).withTargets(good.targets());
      TrainingException failure =
          assertThrows(TrainingException.class, () -> trainer.step(List.of(bad)));
      assertTrue(
          failure.getMessage().startsWith("step 1 (epoch 1): loss is NaN"), failure.getMessage());
      assertTrue(failure.getMessage().contains("rnn.weight_ih_l0"), failure.getMessage());
      assertSameBits(before, weights(model));
      double loss = trainer.step(List.of(good));
      assertTrue(Double.isFinite(loss));
    }
  }

  @Test
  void steadyStateTrainingAllocatesNothingOnTheDevice() throws Exception {
    try (Device device = TestData.openOrSkip("cpu");
        SequenceModel model = model(device);
        SequenceObjective objective = SequenceObjective.meanSquaredError(model);
        Trainer<SequenceBatch> trainer = trainer(objective, new TrainerSettings().clipNorm(1))) {
      List<List<SequenceBatch>> steps = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        steps.add(List.of(TRAIN.batch(new int[] {i, i + 6, i + 12, i + 18})));
      }
      for (int i = 0; i < 12; i++) {
        trainer.step(steps.get(i % 6));
      }
      long allocations = device.allocationCount();
      for (int i = 0; i < 60; i++) {
        trainer.step(steps.get(i % 6));
      }
      assertEquals(allocations, device.allocationCount());
    }
  }

  @Test
  void lastStateModelsTakeTargetsOfSequencesOnly() throws Exception {
    try (Device device = TestData.openOrSkip("cpu");
        SequenceModel model =
            SequenceModel.around(Lstm.builder(2, 4).bidirectional(true))
                .readout(Readout.LAST_STATE)
                .head(3)
                .build(device, 1);
        SequenceObjective objective = SequenceObjective.crossEntropy(model);
        Trainer<SequenceBatch> trainer = trainer(objective, new TrainerSettings())) {
      SequenceBatch perStep = TRAIN.batch(new int[] {0, 1, 2});
      Exception refused =
          assertThrows(IllegalArgumentException.class, () -> trainer.step(List.of(perStep)));
      assertTrue(refused.getMessage().contains("targets of each sequence"), refused.getMessage());
      SequenceBatch perSequence = perStep.withLabels(false, new int[] {2, 0, 1});
      double first = trainer.step(List.of(perSequence));
      double last = first;
      for (int i = 0; i < 100; i++) {
        last = trainer.step(List.of(perSequence));
      }
      assertTrue(last < first / 5, last + " of " + first);
    }
  }
}
