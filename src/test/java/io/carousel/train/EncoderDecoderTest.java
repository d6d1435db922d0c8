package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequencePairBatch;
import io.carousel.data.SequencePairs;
import io.carousel.device.BufferScope;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.io.CheckpointFolder;
import io.carousel.nn.LuongAttention;
import io.carousel.nn.Parameter;
import io.carousel.optim.Adam;
import io.carousel.optim.CosineAnnealing;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of the whole encoder and decoder, and training that can be stopped anywhere. */
class EncoderDecoderTest {
  private static final int IDS = 7;

  @TempDir Path folder;

  /** Pairs of all lengths, empty ones too. */
  private static SequencePairs pairs(int count, int seed) {
    Random random = new Random(seed);
    List<int[]> sources = new ArrayList<>();
    List<int[]> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sources.add(random.ints(1 + random.nextInt(5), 0, IDS).toArray());
      targets.add(random.ints(random.nextInt(5), 2, IDS - 1).toArray());
    }
    return new SequencePairs(sources, targets, 0, 1);
  }

  private static EncoderDecoderSpec spec(
      Cell cell,
      int layers,
      boolean both,
      LuongAttention.@Nullable Score attention,
      double dropout) {
    return new EncoderDecoderSpec(cell, IDS, IDS - 1, 3, 4, layers, both, attention, dropout);
  }

  @ParameterizedTest
  @CsvSource({
    "LSTM, 1, false,",
    "LSTM, 2, true,",
    "LSTM, 2, true, GENERAL",
    "LSTM, 1, false, DOT",
    "GRU, 2, false,",
    "GRU, 1, true, GENERAL",
    "RNN, 1, true,"
  })
  void gradientsAreThoseOfCentralDifferences(
      Cell cell, int layers, boolean both, LuongAttention.@Nullable Score attention) {
    try (Device device = Devices.open("reference");
        EncoderDecoder model =
            new EncoderDecoder(spec(cell, layers, both, attention, 0), device, 3);
        EncoderDecoderObjective objective = new EncoderDecoderObjective(model, 0);
        BufferScope scope = new BufferScope(device, "test")) {
      SequencePairBatch batch = pairs(4, 1).batch(0, 1, 2, 3);
      Matrix loss = scope.reals("loss", 1, 1);
      model.parameters().zeroGradients(model.queue());
      double weight = objective.weight(batch);
      objective.accumulate(batch, weight, 0, loss);
      double trained = value(model, loss);
      assertEquals(evaluate(objective, batch, loss), trained, 1e-12, "one loss on both ways");
      for (Parameter parameter : model.parameters()) {
        double[] gradient = new double[parameter.size()];
        model.queue().download(parameter.gradient(), gradient, 0);
        double[] values = parameter.download(model.queue());
        for (int i = 0; i < values.length; i += Math.max(1, values.length / 12)) {
          double old = values[i];
          values[i] = old + 1e-5;
          parameter.upload(model.queue(), values);
          double up = evaluate(objective, batch, loss);
          values[i] = old - 1e-5;
          parameter.upload(model.queue(), values);
          double down = evaluate(objective, batch, loss);
          values[i] = old;
          parameter.upload(model.queue(), values);
          assertEquals((up - down) / 2e-5, gradient[i], 1e-8, parameter.path() + "[" + i + "]");
        }
      }
      assertEquals(model.parameters().elementCount(), model.spec().parameterCount());
      assertEquals(0, model.pool().lentCount(), "everything was given back");
    }
  }

  private static double evaluate(
      EncoderDecoderObjective objective, SequencePairBatch batch, Matrix loss) {
    objective.queue().fill(loss, 0);
    objective.evaluate(batch, objective.weight(batch), loss);
    return value(objective.model(), loss);
  }

  private static double value(EncoderDecoder model, Matrix loss) {
    double[] value = new double[1];
    model.queue().download(loss, value, 0);
    return value[0];
  }

  private static Map<String, double[]> weights(EncoderDecoder model) {
    Map<String, double[]> all = new LinkedHashMap<>();
    model.parameters().forEach(p -> all.put(p.path(), p.download(model.queue())));
    return all;
  }

  private static TrainerSettings settings() {
    return new TrainerSettings()
        .epochs(3)
        .clipNorm(0.5)
        .schedule(new CosineAnnealing(12, 0.1))
        .earlyStopping(EarlyStopping.patience(2));
  }

  private static Trainer<SequencePairBatch> trainer(EncoderDecoder model, TrainerSettings s) {
    return new Trainer<>(
        new EncoderDecoderObjective(model, 0.1), new Adam(model.parameters(), 0.02), s);
  }

  private static List<EpochMetrics> fit(Trainer<SequencePairBatch> trainer) throws Exception {
    return trainer
        .fit(PairBatches.shuffled(pairs(18, 1), 5, 4), PairBatches.fixed(pairs(6, 2), 4))
        .history();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 9})
  void stopAndResumeEqualsTheUninterruptedRun(int stopAfter) throws Exception {
    try (Device device = Devices.open("cpu")) {
      Map<String, double[]> expected;
      List<EpochMetrics> history;
      try (EncoderDecoder model =
              new EncoderDecoder(
                  spec(Cell.LSTM, 2, true, LuongAttention.Score.GENERAL, 0.3), device, 5);
          Trainer<SequencePairBatch> trainer = trainer(model, settings())) {
        history = fit(trainer);
        expected = weights(model);
      }
      Path run = folder.resolve("run" + stopAfter);
      try (EncoderDecoder model =
          new EncoderDecoder(
              spec(Cell.LSTM, 2, true, LuongAttention.Score.GENERAL, 0.3), device, 5)) {
        List<Trainer<?>> trainers = new ArrayList<>();
        TrainerSettings stopping =
            settings()
                .checkpoints(CheckpointFolder.create(run), 0)
                .listener(stopAt(stopAfter, trainers));
        try (Trainer<SequencePairBatch> trainer = trainer(model, stopping)) {
          trainers.add(trainer);
          assertTrue(fit(trainer).size() < history.size());
        }
      }
      try (EncoderDecoder model =
              new EncoderDecoder(
                  spec(Cell.LSTM, 2, true, LuongAttention.Score.GENERAL, 0.3), device, 5);
          Trainer<SequencePairBatch> trainer =
              trainer(model, settings().checkpoints(CheckpointFolder.open(run), 0))) {
        assertTrue(trainer.resume());
        List<EpochMetrics> resumed = fit(trainer);
        weights(model).forEach((name, w) -> assertArrayEquals(expected.get(name), w, 0, name));
        assertEquals(history.size(), resumed.size());
        for (int i = 0; i < history.size(); i++) {
          assertEquals(history.get(i).trainLoss(), resumed.get(i).trainLoss());
          assertEquals(history.get(i).validationLoss(), resumed.get(i).validationLoss());
        }
      }
    }
  }

  private static TrainingListener stopAt(int steps, List<Trainer<?>> trainers) {
    return new TrainingListener() {
      private int made;

      @Override
      public void stepped(int epoch, int step, double loss, int samples) {
        if (++made == steps) {
          trainers.get(0).requestStop();
        }
      }
    };
  }

  @Test
  void batchesAreOfSimilarLengthAndHoldEveryPairOnce() {
    SequencePairs pairs = pairs(400, 3);
    PairBatches batches = PairBatches.shuffled(pairs, 16, 9);
    List<String> seen = new ArrayList<>();
    int rows = 0;
    int padded = 0;
    for (int i = 0; i < batches.size(); i++) {
      SequencePairBatch batch = batches.batch(1, i);
      rows += batch.source().shape().rows();
      padded += batch.source().shape().steps() * batch.size();
      seen.add(java.util.Arrays.toString(batch.source().ids()));
    }
    int all = java.util.stream.IntStream.range(0, 400).map(pairs::sourceLength).sum();
    assertEquals(all, rows);
    assertTrue(padded < 1.1 * rows, padded + " for " + rows);
    List<String> again = new ArrayList<>();
    List<String> other = new ArrayList<>();
    PairBatches fresh = PairBatches.shuffled(pairs, 16, 9);
    for (int i = 0; i < batches.size(); i++) {
      other.add(java.util.Arrays.toString(fresh.batch(2, i).source().ids()));
    }
    for (int i = 0; i < batches.size(); i++) {
      again.add(java.util.Arrays.toString(fresh.batch(1, i).source().ids()));
    }
    assertEquals(seen, again);
    assertTrue(!seen.equals(other));
  }

  @Test
  void badShapesAreNamed() {
    assertThrows(
        IllegalArgumentException.class, () -> spec(Cell.LSTM, 0, false, null, 0).encoder());
    IllegalArgumentException odd =
        assertThrows(
            IllegalArgumentException.class,
            () -> new EncoderDecoderSpec(Cell.GRU, 5, 5, 3, 5, 1, true, null, 0));
    assertTrue(odd.getMessage().contains("hidden size 5 is odd"), odd.getMessage());
  }
}
