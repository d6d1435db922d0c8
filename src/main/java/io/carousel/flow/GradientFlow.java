package io.carousel.flow;

import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.train.EpochMetrics;
import io.carousel.train.Objective;
import io.carousel.train.TrainingListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Follows a training and measures how gradients flow through time: for a few batches an epoch, an
 * extra forward and backward pass tells the norm of ∂loss/∂h by time lag in every recurrent stack.
 * Weights, dropout and the loss are those of the step that follows; training goes on as if nothing
 * had happened, bit for bit. At most 3 % of the training time is spent, except for one batch in the
 * first epoch; an epoch that would exceed it has no measurement.
 */
public final class GradientFlow implements TrainingListener {
  private static final int BATCHES = 3;
  private static final double SHARE = 0.03;
  private static final int LAGS = 128;

  /**
   * What was measured in an epoch.
   *
   * @param epoch from 1
   * @param batches that were looked at
   * @param runs the layers and directions of all stacks
   */
  public record Measurement(int epoch, int batches, List<RunFlow> runs) {
    /** Copies the list. */
    public Measurement {
      runs = List.copyOf(runs);
    }
  }

  private final LongSupplier clock;
  private final Map<String, RecurrentLayer> stacks;
  private final ParameterSet parameters;
  private final Queue queue;
  private final Map<String, StackProbe> probes = new LinkedHashMap<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private int stepsPerEpoch = 1;
  private int batches;
  private int looks;
  private boolean measuredBefore;
  private double spentSeconds;
  private long startNanos;

  /**
   * A listener for a training of an objective.
   *
   * @throws IllegalArgumentException when the objective has no recurrent stack to look into
   */
  public GradientFlow(Objective<?> objective) {
    this(objective, System::nanoTime);
  }

  /** With a clock of nanoseconds, for tests. */
  GradientFlow(Objective<?> objective, LongSupplier clock) {
    this.clock = clock;
    stacks = new TreeMap<>(objective.recurrentStacks());
    parameters = objective.parameters();
    queue = objective.queue();
    if (stacks.isEmpty()) {
      throw new IllegalArgumentException("there is no recurrent stack whose gradients could flow");
    }
  }

  /** What was measured so far; epochs that had no time for it are absent. */
  public List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  /** Takes over what a resumed training had measured before. */
  public void goOnFrom(List<Measurement> earlier) {
    measurements.addAll(earlier);
    measuredBefore |= !earlier.isEmpty();
  }

  @Override
  public void started(int epochs, int steps, long stepsDone) {
    stepsPerEpoch = Math.max(1, steps);
    startNanos = clock.getAsLong();
  }

  @Override
  public void stepStarting(int epoch, int stepInEpoch, Runnable trial) {
    // spread over the epoch, the last one near its end
    int place = (batches + 1) * stepsPerEpoch / BATCHES;
    boolean due = batches < BATCHES && stepInEpoch >= Math.max(1, place);
    if (!due || (measuredBefore && !isAffordable())) {
      return;
    }
    long start = clock.getAsLong();
    measure(trial);
    spentSeconds += (clock.getAsLong() - start) * 1e-9;
    batches++;
    looks++;
    measuredBefore = true;
  }

  /** Whether one more batch, as expensive as those so far, stays within the share. */
  private boolean isAffordable() {
    double all = (clock.getAsLong() - startNanos) * 1e-9;
    double each = looks == 0 ? 0 : spentSeconds / looks;
    return spentSeconds + each <= SHARE * all;
  }

  private void measure(Runnable trial) {
    stacks.forEach(
        (path, layer) ->
            layer.probe(probes.computeIfAbsent(path, p -> new StackProbe(layer.spec(), queue))));
    try {
      trial.run();
    } finally {
      stacks.values().forEach(layer -> layer.probe(null));
    }
  }

  @Override
  public void epochEnded(EpochMetrics metrics) {
    if (batches == 0) {
      return;
    }
    long start = clock.getAsLong();
    List<RunFlow> runs = new ArrayList<>();
    stacks.forEach((path, layer) -> addRuns(path, layer, runs));
    measurements.add(new Measurement(metrics.epoch(), batches, runs));
    probes.clear();
    batches = 0;
    spentSeconds += (clock.getAsLong() - start) * 1e-9;
  }

  private void addRuns(String path, RecurrentLayer layer, List<RunFlow> runs) {
    StackProbe probe = probes.get(path);
    if (probe == null) {
      return;
    }
    int directions = layer.spec().directions();
    for (int run = 0; run < layer.spec().runs(); run++) {
      if (!probe.measures(run) || probe.norms(run).isEmpty()) {
        continue;
      }
      String suffix = "_l" + run / directions + (run % directions == 1 ? "_reverse" : "");
      int step = probe.norms(run).step(LAGS);
      runs.add(
          new RunFlow(
              name(path, layer, run),
              layer.spec().cell(),
              probe.norms(run).norms(step),
              step,
              probe.saturation(run).saturatedShare(),
              probe.saturation(run).deadShare(),
              largestSingularValue(path, suffix)));
    }
  }

  private static String name(String path, RecurrentLayer layer, int run) {
    int directions = layer.spec().directions();
    String of = layer.spec().numLayers() > 1 ? " layer " + (run / directions + 1) : "";
    return path + of + (run % directions == 1 ? " reverse" : "");
  }

  private double largestSingularValue(String path, String suffix) {
    String name = (path.isEmpty() ? "" : path + ".") + "weight_hh" + suffix;
    Parameter weight = parameters.get(name);
    return SingularValue.largest(weight.download(queue), weight.rows(), weight.columns());
  }
}
