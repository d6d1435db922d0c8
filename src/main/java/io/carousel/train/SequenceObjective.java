package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.nn.LogisticLoss;
import io.carousel.nn.Loss;
import io.carousel.nn.LossTargets;
import io.carousel.nn.MeanSquaredError;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.SoftmaxCrossEntropy;
import io.carousel.nn.TargetRows;
import io.carousel.rnn.Packing;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequencePass;
import java.util.Map;

/** A {@link SequenceModel} with a loss. */
public final class SequenceObjective implements Objective<SequenceBatch> {
  private final SequenceModel model;
  private final Loss loss;
  private final CarriedState training;
  private final CarriedState evaluation;

  /**
   * An objective.
   *
   * @param model what learns
   * @param loss of its outputs; takes its targets from the model's pool
   * @throws IllegalArgumentException when the model's products are in FP16
   */
  public SequenceObjective(SequenceModel model, Loss loss) {
    if (model.spec().recurrent().precision() == Precision.FP16) {
      throw new IllegalArgumentException(
          "FP16 is for inference and benchmarks, its gradients vanish: train in FP32, TF32 or"
              + " BF16");
    }
    this.model = model;
    this.loss = loss;
    training = new CarriedState(model);
    evaluation = new CarriedState(model);
  }

  /** Mean squared error of the outputs. */
  public static SequenceObjective meanSquaredError(SequenceModel model) {
    return new SequenceObjective(model, new MeanSquaredError(model.pool(), model.spec().outputs()));
  }

  /** Cross-entropy in nats; the outputs are logits of classes. */
  public static SequenceObjective crossEntropy(SequenceModel model) {
    return new SequenceObjective(
        model, new SoftmaxCrossEntropy(model.pool(), model.spec().outputs()));
  }

  /** Logistic loss of logits against targets in [0, 1], errors on positive targets weighted. */
  public static SequenceObjective logistic(SequenceModel model, double positiveWeight) {
    return new SequenceObjective(
        model, new LogisticLoss(model.pool(), model.spec().outputs(), positiveWeight));
  }

  /** The model. */
  public SequenceModel model() {
    return model;
  }

  @Override
  public ParameterSet parameters() {
    return model.parameters();
  }

  @Override
  public Map<String, RecurrentLayer> recurrentStacks() {
    return Map.of("rnn", model.recurrent());
  }

  @Override
  public Queue queue() {
    return model.queue();
  }

  @Override
  public double weight(SequenceBatch batch) {
    return loss.weight(rowsOf(batch));
  }

  @Override
  public void accumulate(SequenceBatch batch, double totalWeight, int draw, Matrix sum) {
    try (SequencePass pass = model.forward(batch, training.startOf(batch), draw);
        LossTargets targets = loss.upload(queue(), rowsOf(batch), totalWeight)) {
      training.keep(batch, pass);
      Matrix dOutput = model.pool().lease(pass.output().rows(), pass.output().columns());
      try {
        loss.apply(queue(), pass.output(), targets, dOutput, sum);
        pass.backward(dOutput);
      } finally {
        model.pool().release(dOutput);
      }
    }
  }

  @Override
  public void evaluate(SequenceBatch batch, double totalWeight, Matrix sum) {
    Matrix output = model.infer(batch, evaluation.startOf(batch));
    try (LossTargets targets = loss.upload(queue(), rowsOf(batch), totalWeight)) {
      loss.apply(queue(), output, targets, null, sum);
    } finally {
      model.pool().release(output);
    }
  }

  /** Targets in the order of the model's output rows: packed steps, or sequences. */
  private TargetRows rowsOf(SequenceBatch batch) {
    SequenceBatch.Targets targets = batch.targets();
    boolean perStep = model.spec().readout().perStep();
    if (targets == null || targets.perStep() != perStep) {
      throw new IllegalArgumentException(
          "the model needs targets of each %s, the batch has %s"
              .formatted(
                  perStep ? "step" : "sequence",
                  targets == null ? "none" : "targets of each " + (perStep ? "sequence" : "step")));
    }
    PackedShape shape = batch.shape();
    if (!targets.areLabels() && targets.columns() != model.spec().outputs()) {
      throw new IllegalArgumentException(
          "layer 'out' gives [%sbatch, %d], the targets are [%s%d, %d]"
              .formatted(
                  perStep ? "time, " : "",
                  model.spec().outputs(),
                  perStep ? shape.steps() + ", " : "",
                  shape.batchSize(),
                  targets.columns()));
    }
    float[] weights = targets.weights();
    if (!perStep) {
      return new TargetRows(targets.values(), targets.labels(), weights);
    }
    return targets.areLabels()
        ? new TargetRows(
            targets.values(),
            Packing.pack(shape, targets.labels()),
            weights == null ? null : Packing.pack(shape, 1, weights))
        : new TargetRows(
            Packing.pack(shape, targets.columns(), targets.values()),
            targets.labels(),
            weights == null ? null : Packing.pack(shape, 1, weights));
  }

  @Override
  public void startEpoch(boolean forTraining) {
    (forTraining ? training : evaluation).forget();
  }

  @Override
  public Map<String, double[]> exportCarried() {
    return training.export();
  }

  @Override
  public void importCarried(Map<String, double[]> arrays) {
    training.restore(arrays);
  }

  /** Frees the carried states; the model is its owner's. */
  @Override
  public void close() {
    training.forget();
    evaluation.forget();
  }
}
