package io.carousel.train;

import io.carousel.device.BufferScope;
import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import io.carousel.optim.GlobalNormClipper;
import io.carousel.optim.Optimizer;
import io.carousel.optim.ValueClipper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains an {@link Objective}: epochs, validation, gradient accumulation, clipping, early stopping,
 * checkpoints. One step is {@link #step}: forward and backward of the objective, clipping, the
 * optimizer.
 *
 * <pre>{@code
 * try (var trainer = new Trainer<>(objective, new Adam(model.parameters(), 0.01), settings)) {
 *   System.out.println(trainer.resume() ? "goes on" : "starts");
 *   var batches = SequenceBatches.shuffled(train, 16, 1);
 *   System.out.println(trainer.fit(batches, SequenceBatches.inOrder(validation, 16)));
 * }
 * }</pre>
 *
 * @param <B> a batch on the host
 */
public final class Trainer<B> implements AutoCloseable {
  private final Objective<B> objective;
  private final Optimizer optimizer;
  private final TrainerSettings settings;
  private final Queue queue;
  private final ParameterSet parameters;
  private final BufferScope scope;
  private final Matrix loss;
  private final GlobalNormClipper clipper;
  private final @Nullable ValueClipper valueClipper;
  private final BestWeights bestWeights;
  private final double baseRate;
  private final Progress progress = new Progress();
  private volatile boolean stopRequested;

  /**
   * A trainer at the start.
   *
   * @param objective what is minimised; closed with the trainer
   * @param optimizer of the objective's parameters; closed with the trainer
   * @param settings epochs, clipping and so on
   */
  public Trainer(Objective<B> objective, Optimizer optimizer, TrainerSettings settings) {
    this.objective = objective;
    this.optimizer = optimizer;
    this.settings = settings;
    baseRate = optimizer.learningRate();
    queue = objective.queue();
    parameters = objective.parameters();
    scope = new BufferScope(queue.device(), "trainer");
    loss = scope.reals("loss", 1, 1);
    clipper = new GlobalNormClipper(parameters, settings.clipNorm());
    valueClipper =
        settings.clipValue() < Double.POSITIVE_INFINITY
            ? new ValueClipper(parameters, settings.clipValue())
            : null;
    bestWeights = new BestWeights(parameters);
  }

  /**
   * Makes one optimizer step over one or more batches, whose gradients are accumulated.
   *
   * @return the mean loss over the rows of all batches, before the update
   * @throws TrainingException when loss or gradients are not finite; the weights are as they were,
   *     states that were carried from batch to batch are forgotten
   */
  public double step(List<B> batches) {
    double totalWeight = totalWeight(batches);
    parameters.zeroGradients(queue);
    queue.fill(loss, 0);
    for (B batch : batches) {
      objective.accumulate(batch, totalWeight, progress.draw++, loss);
    }
    Matrix gradientScale = clipper.clip(queue);
    double value = download(loss);
    double norm = clipper.norm(queue);
    try {
      FiniteCheck.require(value, norm, progress.step + 1, progress.epoch, queue, parameters);
    } catch (TrainingException e) {
      objective.startEpoch(true); // a carried state may be broken too
      throw e;
    }
    if (valueClipper != null) {
      valueClipper.clip(queue);
    }
    optimizer.step(queue, gradientScale);
    progress.step++;
    progress.lossSum += value * totalWeight;
    progress.weightSum += totalWeight;
    progress.largestNorm = Math.max(progress.largestNorm, norm);
    return value;
  }

  private double totalWeight(List<B> batches) {
    return batches.stream().mapToDouble(objective::weight).sum();
  }

  /** Forward and backward with the numbers of the next step; nothing but gradients changes. */
  private void tryOut(List<B> batches) {
    Map<String, double[]> carried = objective.exportCarried();
    double totalWeight = totalWeight(batches);
    try {
      for (int i = 0; i < batches.size(); i++) {
        objective.accumulate(batches.get(i), totalWeight, progress.draw + i, loss);
      }
    } finally {
      objective.importCarried(carried);
    }
  }

  /** Global norm of the gradients of the last step, before clipping. */
  public double gradientNorm() {
    return clipper.norm(queue);
  }

  /** Mean loss over all batches of a source, without dropout; NaN when everything is masked. */
  public double evaluate(BatchSource<B> source) {
    objective.startEpoch(false);
    double sum = 0;
    double weightSum = 0;
    for (int i = 0; i < source.size(); i++) {
      B batch = source.batch(1, i);
      double weight = objective.weight(batch);
      queue.fill(loss, 0);
      objective.evaluate(batch, weight, loss);
      sum += download(loss) * weight;
      weightSum += weight;
    }
    return weightSum == 0 ? Double.NaN : sum / weightSum;
  }

  private double download(Matrix scalar) {
    double[] value = new double[1];
    queue.download(scalar, value, 0);
    return value[0];
  }

  /** Trains without validation; see {@link #fit(BatchSource, BatchSource)}. */
  public TrainingResult fit(BatchSource<B> train) throws IOException {
    return fit(train, null);
  }

  /**
   * Trains for the planned epochs, or goes on where the checkpoint left off.
   *
   * @param train batches to learn from
   * @param validation batches to watch, null for none
   * @return history and why training ended
   * @throws IOException when a checkpoint cannot be written or read
   * @throws TrainingException when loss or gradients are not finite
   */
  public TrainingResult fit(BatchSource<B> train, @Nullable BatchSource<B> validation)
      throws IOException {
    int batches = settings.batchesOf(train.size());
    int stepsPerEpoch = (batches + settings.accumulate() - 1) / settings.accumulate();
    settings.listeners().forEach(l -> l.started(settings.epochs(), stepsPerEpoch, progress.step));
    boolean goOn = !isOutOfPatience(); // a resumed run may have stopped early before
    while (goOn && progress.epoch <= settings.epochs()) {
      if (!trainEpoch(train, batches)) {
        saveCheckpoint();
        return ended(TrainingResult.End.INTERRUPTED);
      }
      goOn = endEpoch(validation);
    }
    if (settings.earlyStopping() != null) {
      bestWeights.restore(queue);
    }
    return ended(goOn ? TrainingResult.End.FINISHED : TrainingResult.End.STOPPED_EARLY);
  }

  private TrainingResult ended(TrainingResult.End end) {
    TrainingResult result =
        new TrainingResult(List.copyOf(progress.history), progress.bestEpoch, end);
    settings.listeners().forEach(l -> l.ended(result));
    return result;
  }

  /** Trains from the next batch to the end of the epoch; false when a stop was asked for before. */
  private boolean trainEpoch(BatchSource<B> train, int batches) throws IOException {
    if (progress.nextBatch == 0) {
      progress.startEpoch();
      objective.startEpoch(true);
    }
    while (progress.nextBatch < batches) {
      if (stopRequested) {
        return false;
      }
      long start = System.nanoTime();
      List<B> parts = new ArrayList<>();
      int samples = 0;
      while (parts.size() < settings.accumulate() && progress.nextBatch < batches) {
        B batch = train.batch(settings.fixedOrder() ? 1 : progress.epoch, progress.nextBatch++);
        parts.add(batch);
        samples += train.samples(batch);
      }
      int stepInEpoch = (progress.nextBatch + settings.accumulate() - 1) / settings.accumulate();
      Runnable trial = () -> tryOut(parts);
      settings.listeners().forEach(l -> l.stepStarting(progress.epoch, stepInEpoch, trial));
      optimizer.setLearningRate(baseRate * settings.schedule().factor(progress.step));
      double value = step(parts);
      progress.samples += samples;
      progress.trainSeconds += (System.nanoTime() - start) * 1e-9;
      int stepSamples = samples;
      settings.listeners().forEach(l -> l.stepped(progress.epoch, stepInEpoch, value, stepSamples));
      if (settings.checkpointEvery() > 0 && progress.step % settings.checkpointEvery() == 0) {
        saveCheckpoint();
      }
    }
    return true;
  }

  /**
   * Validates, books the epoch and moves on to the next one; false when early stopping ends
   * training.
   */
  private boolean endEpoch(@Nullable BatchSource<B> validation) throws IOException {
    long start = System.nanoTime();
    double validationLoss = validation == null ? Double.NaN : evaluate(validation);
    double seconds = progress.trainSeconds + (System.nanoTime() - start) * 1e-9;
    EpochMetrics metrics =
        new EpochMetrics(
            progress.epoch,
            progress.step,
            progress.trainLoss(),
            validationLoss,
            progress.largestNorm,
            optimizer.learningRate(),
            seconds,
            progress.samples / Math.max(progress.trainSeconds, 1e-9));
    progress.history.add(metrics);
    double watched = validation == null ? metrics.trainLoss() : validationLoss;
    settings.schedule().observe(watched);
    boolean goOn = judge(watched);
    progress.epoch++;
    progress.nextBatch = 0;
    settings.listeners().forEach(l -> l.epochEnded(metrics));
    saveCheckpoint();
    return goOn;
  }

  private boolean judge(double watched) {
    EarlyStopping early = settings.earlyStopping();
    double margin = early == null ? 0 : early.minimumImprovement();
    if (watched < progress.bestLoss - margin) {
      progress.bestLoss = watched;
      progress.bestEpoch = progress.epoch;
      progress.epochsWithoutImprovement = 0;
      if (early != null) {
        bestWeights.keep(queue);
      }
      return true;
    }
    progress.epochsWithoutImprovement++;
    return !isOutOfPatience();
  }

  private boolean isOutOfPatience() {
    EarlyStopping early = settings.earlyStopping();
    return early != null && progress.epochsWithoutImprovement >= early.patience();
  }

  /**
   * Asks {@link #fit} to end after the step in progress, with a checkpoint to go on from where a
   * folder is set. May be called from any thread.
   */
  public void requestStop() {
    stopRequested = true;
  }

  private void saveCheckpoint() throws IOException {
    if (settings.checkpoints() != null) {
      checkpoint().save(settings.checkpoints());
    }
  }

  /**
   * Takes weights, optimizer, counters and history from the latest checkpoint in the settings'
   * folder, so that {@link #fit} goes on as if it had never ended.
   *
   * @return whether there was one
   * @throws IOException when it cannot be read or belongs to another model or optimizer
   */
  public boolean resume() throws IOException {
    if (settings.checkpoints() == null) {
      throw new IllegalStateException("no checkpoint folder was set");
    }
    return checkpoint().restore(settings.checkpoints());
  }

  /** The epochs so far, those of the resumed run included. */
  public List<EpochMetrics> history() {
    return List.copyOf(progress.history);
  }

  private TrainerCheckpoint checkpoint() {
    return new TrainerCheckpoint(
        objective,
        optimizer,
        settings.schedule(),
        bestWeights,
        progress,
        settings.provenance(),
        settings.describe());
  }

  /** Frees optimizer, objective and the trainer's own memory; a model is its owner's. */
  @Override
  public void close() {
    CloseAll.inReverse(List.of(scope, objective, optimizer, clipper, bestWeights));
  }
}
