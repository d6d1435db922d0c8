package io.carousel.train;

import io.carousel.io.CheckpointFolder;
import io.carousel.optim.ConstantRate;
import io.carousel.optim.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Trainer} trains. Each setter returns this object.
 *
 * <pre>{@code
 * var settings =
 *     new TrainerSettings()
 *         .epochs(20)
 *         .clipNorm(1)
 *         .schedule(new StepDecay(400, 0.5))
 *         .earlyStopping(EarlyStopping.patience(5))
 *         .checkpoints(checkpoints, 0);
 * }</pre>
 */
public final class TrainerSettings {
  private int epochs = 1;
  private int accumulate = 1;
  private double clipNorm = Double.POSITIVE_INFINITY;
  private double clipValue = Double.POSITIVE_INFINITY;
  private LearningRateSchedule schedule = new ConstantRate();
  private @Nullable EarlyStopping earlyStopping;
  private @Nullable CheckpointFolder checkpoints;
  private int checkpointEvery;
  private int overfitBatches;
  private boolean fastDevRun;
  private String provenance = "";
  private final List<TrainingListener> listeners = new ArrayList<>();

  /** One epoch without clipping, at a constant learning rate. */
  public TrainerSettings() {}

  /** Number of epochs. */
  public TrainerSettings epochs(int count) {
    epochs = positive("epochs", count);
    return this;
  }

  /** Number of batches whose gradients make one step. */
  public TrainerSettings accumulate(int batches) {
    accumulate = positive("accumulate", batches);
    return this;
  }

  /** Bounds the global norm of the gradients (Pascanu, Mikolov, Bengio 2013). */
  public TrainerSettings clipNorm(double maxNorm) {
    clipNorm = positive("clipNorm", maxNorm);
    requireOneClip();
    return this;
  }

  /** Bounds each element of the gradients. */
  public TrainerSettings clipValue(double limit) {
    clipValue = positive("clipValue", limit);
    requireOneClip();
    return this;
  }

  /** Factor of the optimizer's learning rate, by optimizer step. */
  public TrainerSettings schedule(LearningRateSchedule learningRate) {
    schedule = learningRate;
    return this;
  }

  /** Ends training when validation no longer improves; the best weights come back. */
  public TrainerSettings earlyStopping(EarlyStopping rule) {
    earlyStopping = rule;
    return this;
  }

  /**
   * Writes a checkpoint after each epoch and when training is interrupted.
   *
   * @param folder where
   * @param everySteps also after so many steps, 0 for not
   */
  public TrainerSettings checkpoints(CheckpointFolder folder, int everySteps) {
    if (everySteps < 0) {
      throw new IllegalArgumentException("everySteps must not be negative, got " + everySteps);
    }
    checkpoints = folder;
    checkpointEvery = everySteps;
    return this;
  }

  /**
   * Trains on the first batches only, the same ones in each epoch: a healthy model learns them by
   * heart.
   */
  public TrainerSettings overfitBatches(int count) {
    overfitBatches = positive("overfitBatches", count);
    return this;
  }

  /** One step and one validation, to see that everything runs. */
  public TrainerSettings fastDevRun() {
    fastDevRun = true;
    return this;
  }

  /**
   * What a checkpoint must agree on to be resumed: data, seed, configuration, in the caller's
   * words.
   */
  public TrainerSettings provenance(String words) {
    provenance = words;
    return this;
  }

  /** Adds a listener. */
  public TrainerSettings listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  int epochs() {
    return fastDevRun ? 1 : epochs;
  }

  int accumulate() {
    return accumulate;
  }

  double clipNorm() {
    return clipNorm;
  }

  double clipValue() {
    return clipValue;
  }

  LearningRateSchedule schedule() {
    return schedule;
  }

  @Nullable EarlyStopping earlyStopping() {
    return earlyStopping;
  }

  @Nullable CheckpointFolder checkpoints() {
    return checkpoints;
  }

  int checkpointEvery() {
    return checkpointEvery;
  }

  /** How many of an epoch's batches are trained on. */
  int batchesOf(int available) {
    if (fastDevRun) {
      return Math.min(accumulate, available);
    }
    return overfitBatches > 0 ? Math.min(overfitBatches, available) : available;
  }

  /** Whether each epoch has the batches of the first one. */
  boolean fixedOrder() {
    return overfitBatches > 0;
  }

  String provenance() {
    return provenance;
  }

  List<TrainingListener> listeners() {
    return listeners;
  }

  private void requireOneClip() {
    if (clipNorm < Double.POSITIVE_INFINITY && clipValue < Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("clip gradients by norm or by value, not both");
    }
  }

  /** What decides the numbers of a run, beside data, model and optimizer. */
  String describe() {
    return "accumulate %d, clip norm %s, clip value %s, early stopping %s, overfit batches %d"
        .formatted(accumulate, clipNorm, clipValue, earlyStopping, overfitBatches);
  }

  private static int positive(String name, int value) {
    positive(name, (double) value);
    return value;
  }

  private static double positive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
    return value;
  }
}
