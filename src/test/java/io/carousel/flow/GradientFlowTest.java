package io.carousel.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.nn.Parameter;
import io.carousel.optim.Sgd;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.BatchSource;
import io.carousel.train.EpochMetrics;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that are made to vanish, explode, saturate and die, and trainings that are watched. */
class GradientFlowTest {
  private static final int T = 30;
  private static final int H = 12;
  private static final TrainingListener TRYING_EVERY_STEP =
      new TrainingListener() {
        @Override
        public void stepStarting(int epoch, int stepInEpoch, Runnable trial) {
          trial.run();
          trial.run();
        }
      };

  private static Device device;

  @BeforeAll
  static void open() {
    device = Devices.open("reference");
  }

  @AfterAll
  static void close() {
    device.close();
  }

  private static SequenceModel model(
      RecurrentLayer.Builder<?, ?> stack, Readout readout, Device on) {
    return SequenceModel.around(stack).readout(readout).head(1).build(on, 7);
  }

  /** Overwrites a parameter by {@code diagonal} on its diagonal (of each gate) and 0 elsewhere. */
  private static void diagonal(SequenceModel model, String name, double diagonal) {
    Parameter parameter = model.parameters().get(name);
    double[] values = new double[parameter.size()];
    for (int r = 0; r < parameter.rows(); r++) {
      values[r * parameter.columns() + r % parameter.columns()] = diagonal;
    }
    parameter.upload(model.queue(), values);
  }

  private static void scale(SequenceModel model, String name, double factor) {
    Parameter parameter = model.parameters().get(name);
    double[] values = parameter.download(model.queue());
    Arrays.setAll(values, i -> factor * values[i]);
    parameter.upload(model.queue(), values);
  }

  private static SequenceBatch batch(Readout readout, int... lengths) {
    RandomStream random = new RandomStream(3, "flow test");
    int steps = Arrays.stream(lengths).max().orElseThrow();
    float[] inputs = new float[steps * lengths.length * 2];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) (2 * random.nextDouble() - 1);
    }
    int rows = readout.perStep() ? steps * lengths.length : lengths.length;
    float[] targets = new float[rows];
    Arrays.fill(targets, 5);
    return SequenceBatch.ofFeatures(PackedShape.of(lengths), 2, inputs)
        .withValues(readout.perStep(), 1, targets);
  }

  /** The batch four times an epoch, the later ones carrying on where it is of a chain. */
  private record FourTimes(SequenceBatch batch) implements BatchSource<SequenceBatch> {
    @Override
    public int size() {
      return 4;
    }

    @Override
    public SequenceBatch batch(int epoch, int index) {
      boolean goesOn = index > 0 && batch.carry() == SequenceBatch.Carry.START;
      return goesOn ? batch.withCarry(SequenceBatch.Carry.CONTINUE) : batch;
    }

    @Override
    public int samples(SequenceBatch any) {
      return any.shape().batchSize();
    }
  }

  /** The flow of an untrained model, in one epoch with a learning rate of nearly 0. */
  private static List<RunFlow> flow(SequenceModel model, SequenceBatch batch) throws IOException {
    SequenceObjective objective = SequenceObjective.meanSquaredError(model);
    GradientFlow flow = new GradientFlow(objective);
    train(objective, flow, 1, 1e-12, batch);
    assertEquals(1, flow.measurements().size());
    return flow.measurements().get(0).runs();
  }

  private static void train(
      SequenceObjective objective, GradientFlow flow, int epochs, double rate, SequenceBatch batch)
      throws IOException {
    TrainerSettings settings = new TrainerSettings().epochs(epochs);
    if (flow != null) {
      settings.listener(flow).listener(TRYING_EVERY_STEP);
    }
    try (Trainer<SequenceBatch> trainer =
        new Trainer<>(objective, new Sgd(objective.parameters(), rate), settings)) {
      trainer.fit(new FourTimes(batch));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Readout.class,
      names = {"EVERY_STEP", "LAST_STATE"})
  void aLinearNetworkShrinksByItsWeightAtEveryStep(Readout readout) throws IOException {
    try (SequenceModel model =
        model(Rnn.builder(2, H).activation(Activation.IDENTITY), readout, device)) {
      diagonal(model, "rnn.weight_hh_l0", 0.5);
      RunFlow run = flow(model, batch(readout, 30, 11, 30, 1)).get(0);
      assertEquals(29, run.largestLag());
      for (int k = 1; k <= 10; k++) {
        // from one length's sequences to the next the mean changes
        assertEquals(0.5, run.norms()[k] / run.norms()[k - 1], k == 1 ? 0.4 : 1e-9, "lag " + k);
      }
      assertEquals(0.5, run.norms()[29] / run.norms()[28], 1e-9);
      assertEquals(1, run.halfLifeSteps(), 0.1);
      assertEquals(0.5, run.largestSingularValue(), 1e-6);
      assertEquals(Verdict.VANISHING, run.verdict());
    }
  }

  @Test
  void theReverseDirectionIsMeasuredFromItsOwnEnd() throws IOException {
    try (SequenceModel model =
        model(
            Rnn.builder(2, H).activation(Activation.IDENTITY).bidirectional(true).layers(2),
            Readout.EVERY_STEP,
            device)) {
      diagonal(model, "rnn.weight_hh_l1", 0.5);
      diagonal(model, "rnn.weight_hh_l1_reverse", 0.9);
      List<RunFlow> runs = flow(model, batch(Readout.EVERY_STEP, 20, 20, 20));
      assertEquals(
          List.of("rnn layer 2", "rnn layer 2 reverse"), runs.stream().map(RunFlow::name).toList());
      assertEquals(0.5, runs.get(0).growthPerStep(), 1e-9);
      assertEquals(0.9, runs.get(1).growthPerStep(), 1e-9);
    }
  }

  @Test
  void aReluNetworkOfLargeWeightsExplodes() throws IOException {
    try (SequenceModel model =
        model(Rnn.builder(2, H).activation(Activation.RELU), Readout.LAST_STATE, device)) {
      diagonal(model, "rnn.weight_hh_l0", 1.3);
      RunFlow run = flow(model, batch(Readout.LAST_STATE, T, T)).get(0);
      assertEquals(Verdict.EXPLODING, run.verdict(), run::words);
      assertEquals(Double.POSITIVE_INFINITY, run.halfLifeSteps());
    }
  }

  @Test
  void aTanhNetworkOfLargeInputsSaturates() throws IOException {
    try (SequenceModel model = model(Rnn.builder(2, H), Readout.LAST_STATE, device)) {
      scale(model, "rnn.weight_ih_l0", 100);
      RunFlow run = flow(model, batch(Readout.LAST_STATE, T, T)).get(0);
      assertTrue(run.saturated() > 0.8, run::words);
      assertEquals(Verdict.SATURATED, run.verdict(), run::words);
    }
  }

  @Test
  void aReluNetworkOfNegativeBiasesIsDead() throws IOException {
    try (SequenceModel model =
        model(Rnn.builder(2, H).activation(Activation.RELU), Readout.LAST_STATE, device)) {
      Parameter bias = model.parameters().get("rnn.bias_ih_l0");
      double[] values = new double[H];
      Arrays.fill(values, 0, 8, -100);
      bias.upload(model.queue(), values);
      diagonal(model, "rnn.weight_hh_l0", 1);
      RunFlow run = flow(model, batch(Readout.LAST_STATE, T, T)).get(0);
      assertEquals(8.0 / H, run.dead(), 0.2);
      assertEquals(Verdict.DEAD, run.verdict(), run::words);
    }
  }

  @Test
  void anLstmWhoseForgetGateIsOpenIsHealthyAndOneThatForgetsVanishes() throws IOException {
    for (double forgetBias : new double[] {5, -3}) {
      try (SequenceModel model =
          model(Lstm.builder(2, H).forgetBias(forgetBias), Readout.LAST_STATE, device)) {
        RunFlow run = flow(model, batch(Readout.LAST_STATE, T, T)).get(0);
        Verdict expected = forgetBias > 0 ? Verdict.HEALTHY : Verdict.VANISHING;
        assertEquals(expected, run.verdict(), run::words);
        assertTrue(run.saturated() < 0.5, run::words);
      }
    }
  }

  @Test
  void aLossOfTheCellStateIsMeasuredFromTheStepBeforeTheLast() throws IOException {
    try (SequenceModel model = model(Lstm.builder(2, H), Readout.LAST_CELL, device)) {
      RunFlow run = flow(model, batch(Readout.LAST_CELL, T, T)).get(0);
      assertEquals(0, run.norms()[0], 0);
      assertEquals(run.norms()[29] / run.norms()[1], run.reach(), 0);
      assertEquals(Verdict.VANISHING, run.verdict(), run::words);
    }
  }

  @Test
  void oneStepIsTooShortToTell() throws IOException {
    try (SequenceModel model = model(Gru.builder(2, H), Readout.LAST_STATE, device)) {
      RunFlow run = flow(model, batch(Readout.LAST_STATE, 1, 1)).get(0);
      assertEquals(Verdict.TOO_SHORT, run.verdict(), run::words);
      assertEquals("rnn: too short to tell", run.words());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SequenceBatch.Carry.class,
      names = {"NONE", "START"})
  void trainingGoesOnBitForBitAsIfNobodyLooked(SequenceBatch.Carry carry) throws IOException {
    try (Device cpu = Devices.open("cpu")) {
      List<double[]> ends = new ArrayList<>();
      for (boolean watched : new boolean[] {false, true}) {
        try (SequenceModel model =
            model(Lstm.builder(2, H).layers(2).dropout(0.3), Readout.EVERY_STEP, cpu)) {
          SequenceObjective objective = SequenceObjective.meanSquaredError(model);
          GradientFlow flow = watched ? new GradientFlow(objective) : null;
          SequenceBatch batch = batch(Readout.EVERY_STEP, 9, 9, 9);
          train(objective, flow, 3, 0.1, batch.withCarry(carry));
          model.parameters().forEach(p -> ends.add(p.download(model.queue())));
          assertTrue(flow == null || !flow.measurements().isEmpty());
        }
      }
      int each = ends.size() / 2;
      for (int i = 0; i < each; i++) {
        assertArrayEquals(ends.get(i), ends.get(each + i));
      }
    }
  }

  @Test
  void afterTheFirstBatchAtMostThreePercentOfTheTimeIsSpent() {
    try (SequenceModel model = model(Rnn.builder(2, H), Readout.LAST_STATE, device)) {
      long[] now = {0};
      AtomicInteger looks = new AtomicInteger();
      Runnable oneSecondTrial =
          () -> {
            looks.incrementAndGet();
            now[0] += 1_000_000_000L;
          };
      GradientFlow flow = new GradientFlow(SequenceObjective.meanSquaredError(model), () -> now[0]);
      flow.started(10, 100, 0);
      for (int epoch = 1; epoch <= 10; epoch++) {
        for (int step = 1; step <= 100; step++) {
          flow.stepStarting(epoch, step, oneSecondTrial);
          now[0] += 100_000_000L; // a step takes a tenth of a second
        }
        flow.epochEnded(new EpochMetrics(epoch, 100L * epoch, 1, 1, 1, 1, 1, 1));
      }
      double spent = looks.get() / (now[0] * 1e-9);
      assertTrue(looks.get() >= 2 && spent <= 0.0301, looks + " looks, share " + spent);
    }
  }

  @Test
  void jsonGivesTheSameAgain() {
    RunFlow run = new RunFlow("rnn", Cell.GRU, new double[] {4, 2, 1}, 3, 0.25, Double.NaN, 1.5);
    GradientFlow.Measurement read =
        FlowJson.read(2, FlowJson.write(new GradientFlow.Measurement(2, 1, List.of(run))));
    RunFlow again = read.runs().get(0);
    assertArrayEquals(run.norms(), again.norms());
    assertEquals(run.words(), again.words());
    assertEquals(6, again.largestLag());
    assertEquals(3, again.halfLifeSteps(), 1e-12);
    assertEquals(Double.NaN, again.dead());
  }

  @Test
  void wordsAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      RunFlow run = new RunFlow("rnn", Cell.RNN, new double[] {4, 3}, 1, 0.25, Double.NaN, 1.5);
      assertEquals(
          "rnn: healthy (half-life 2.4 steps; 0.75 of it arrives from 1 steps back)", run.words());
    } finally {
      Locale.setDefault(before);
    }
  }
}
