package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RandomStream;
import io.carousel.flow.BpttLedger;
import io.carousel.nn.Parameter;
import io.carousel.report.HeatMap;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The gradient through time, entry by entry, against the library's backward pass. */
final class BpttExperiment implements Experiment {
  private static final int ROWS = 2;
  private static final int INPUTS = 2;
  private static final int UNITS = 4;
  private static final List<String> WEIGHTS =
      List.of("rnn.weight_hh_l0", "rnn.weight_ih_l0", "rnn.bias_ih_l0");
  private static final double TOLERANCE = 1e-10;
  private static final String EXPLANATION =
      """
      A network with loss J = Σ_t J_t uses the same weights W at every step, so the gradient of one \
      step's loss has one entry for each earlier use,

      dJ_t/dW = Σ_{k≤t} dJ_t/dy_t · dy_t/ds_t · ds_t/ds_k · ∂⁺s_k/∂W

      where ∂⁺s_k/∂W takes s_{k-1} as a constant. Here each entry is found by itself: every step is \
      a training pass of its own, the gradient is taken back from t to k through one after the \
      other, and what step k alone adds to the weights is the entry. dJ_t/dy_t · dy_t/ds_t is \
      computed by hand: 2 (y_t - target) / (T·N) for the mean squared error, times W_out.

      All entries of all t are added up and held against one backward pass of the model through the \
      whole sequence; so is each dJ_t/dW, against backward with all other steps masked. In float64. \
      The sums are associative, which is why back-propagation through time (Werbos 1990) may add up \
      the dJ_t/ds_t on its way back and pay for T steps, not for T²/2 entries.

      The table is the ledger of the last step. Step 1 contributes nothing to W_hh, as the state \
      before it is zero. How small the entries of the distant past get is what the experiment \
      `vanishing` looks at.\
      """;

  @Override
  public String name() {
    return "bptt";
  }

  @Override
  public String question() {
    return "Which earlier step contributes what to a gradient?";
  }

  @Override
  public Outcome run(Setting setting) {
    int steps = setting.by(6, 12, 40);
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures norms = entries(steps);
    Map<String, RecurrentLayer.Builder<?, ?>> cells = new LinkedHashMap<>();
    cells.put("tanh", Rnn.builder(INPUTS, UNITS));
    cells.put("LSTM", Lstm.builder(INPUTS, UNITS));
    cells.put("GRU", Gru.builder(INPUTS, UNITS));
    double[][] columns = new double[cells.size()][];
    int cell = 0;
    for (Map.Entry<String, RecurrentLayer.Builder<?, ?>> entry : cells.entrySet()) {
      columns[cell++] = keep(entry.getKey(), entry.getValue(), steps, setting.seed(), outcome);
    }
    for (int k = 0; k < steps; k++) {
      norms.row(k + 1, steps - 1 - k, columns[0][k], columns[1][k], columns[2][k]);
    }
    return outcome.figures(norms);
  }

  private static Figures entries(int steps) {
    return Figures.of(
        "Ledger of the last step, t = %d: ‖dJ_t/ds_t · ds_t/ds_k · ∂⁺s_k/∂W_hh‖".formatted(steps),
        "k",
        "lag t - k",
        "tanh",
        "LSTM",
        "GRU");
  }

  /** Checks the ledgers of a cell; gives the norms of the entries of the last step for W_hh. */
  private static double[] keep(
      String name, RecurrentLayer.Builder<?, ?> cell, int steps, long seed, Outcome outcome) {
    try (Device device = Setting.exact();
        SequenceModel model = SequenceModel.around(cell).head(1).build(device, seed)) {
      SequenceBatch batch = batch(steps, seed);
      double[] dStates = lossBySteps(model, batch);
      double[] inputs = doubles(batch.features());
      double worst = 0;
      double worstStep = 0;
      double[][] grid = new double[0][];
      for (String path : WEIGHTS) {
        Parameter weight = model.parameters().get(path);
        BpttLedger ledger =
            BpttLedger.of(model.recurrent(), weight, model.queue(), ROWS, inputs, dStates);
        double[] whole = backward(model, batch, -1, weight);
        worst = Math.max(worst, Scores.largestDifference(ledger.gradient(), whole));
        for (int t = 0; t < steps; t++) {
          double[] ofStep = backward(model, batch, t, weight);
          double difference = Scores.largestDifference(ledger.gradientOfStep(t), ofStep);
          worstStep = Math.max(worstStep, difference);
        }
        grid = path.equals(WEIGHTS.get(0)) ? norms(ledger) : grid;
      }
      outcome.check(Check.atMost(name + ": Σ_t Σ_k entries - backward", worst, TOLERANCE));
      outcome.check(Check.atMost(name + ": Σ_k entries of each t", worstStep, TOLERANCE));
      outcome.picture(map(name, grid));
      outcome.json(name + " entry norms by t and k", grid);
      return grid[steps - 1];
    }
  }

  /** Inputs and targets that float32 holds exactly. */
  private static SequenceBatch batch(int steps, long seed) {
    RandomStream random = new RandomStream(seed, "lab/bptt");
    float[] features = new float[steps * ROWS * INPUTS];
    float[] targets = new float[steps * ROWS];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (float) random.nextGaussian();
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(steps, ROWS), INPUTS, features)
        .withValues(true, 1, targets);
  }

  private static SequenceBatch.Targets targetsOf(SequenceBatch batch) {
    return Objects.requireNonNull(batch.targets());
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  /** dJ_t/dy_t · dy_t/ds_t of each step and sequence, [T, N, R]. */
  private static double[] lossBySteps(SequenceModel model, SequenceBatch batch) {
    Queue queue = model.queue();
    Matrix output = model.infer(batch, null);
    double[] y = new double[Math.toIntExact(output.size())];
    queue.download(output, y, 0);
    model.pool().release(output);
    double[] out = model.parameters().get("out.weight").download(queue);
    float[] targets = targetsOf(batch).values();
    double[] dStates = new double[y.length * UNITS];
    for (int row = 0; row < y.length; row++) {
      double dLoss = 2 * (y[row] - targets[row]) / y.length;
      for (int unit = 0; unit < UNITS; unit++) {
        dStates[row * UNITS + unit] = dLoss * out[unit];
      }
    }
    return dStates;
  }

  /** The gradient of a weight by the model's own backward; of J_t alone unless t is negative. */
  private static double[] backward(
      SequenceModel model, SequenceBatch batch, int t, Parameter weight) {
    SequenceBatch.Targets all = targetsOf(batch);
    float[] counts = new float[all.values().length];
    for (int row = 0; row < counts.length; row++) {
      counts[row] = t < 0 || row / ROWS == t ? 1 : 0;
    }
    SequenceBatch masked =
        batch.withTargets(new SequenceBatch.Targets(true, 1, all.values(), all.labels(), counts));
    Queue queue = model.queue();
    try (BufferScope scope = new BufferScope(queue.device(), "bptt");
        SequenceObjective objective = SequenceObjective.meanSquaredError(model)) {
      Matrix loss = scope.reals("loss", 1, 1);
      queue.fill(loss, 0);
      model.parameters().zeroGradients(queue);
      objective.accumulate(masked, objective.weight(batch), 0, loss);
      return weight.downloadGradient(queue);
    }
  }

  private static double[][] norms(BpttLedger ledger) {
    double[][] grid = new double[ledger.steps()][ledger.steps()];
    for (int t = 0; t < grid.length; t++) {
      Arrays.fill(grid[t], Double.NaN);
      for (int k = 0; k <= t; k++) {
        grid[t][k] = Math.sqrt(Arrays.stream(ledger.term(t, k)).map(x -> x * x).sum());
      }
    }
    return grid;
  }

  private static HeatMap map(String name, double[][] norms) {
    double[][] logs = new double[norms.length][];
    Arrays.setAll(logs, t -> Arrays.stream(norms[t]).map(Math::log10).toArray());
    double[] numbers = IntStream.rangeClosed(1, norms.length).asDoubleStream().toArray();
    return HeatMap.titled("The ledger of W_hh, " + name)
        .note("Each row is the sum that makes dJ_t/dW_hh; its entries, from the first use on.")
        .x("k, the step at which the weight was used", numbers)
        .y("t, the step whose loss it is", numbers)
        .values("log₁₀ ‖entry‖", logs);
  }
}
