package io.carousel.task.ecg.anomaly;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.LossTargets;
import io.carousel.nn.MeanSquaredError;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.TargetRows;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceAutoencoder;
import io.carousel.train.Objective;
import java.util.LinkedHashMap;
import java.util.Map;

/** Mean squared error of the reconstruction of a batch's own features. */
final class AutoencoderObjective implements Objective<SequenceBatch> {
  private final SequenceAutoencoder model;
  private final MeanSquaredError loss;

  AutoencoderObjective(SequenceAutoencoder model) {
    this.model = model;
    loss = new MeanSquaredError(model.pool(), model.features());
  }

  @Override
  public ParameterSet parameters() {
    return model.parameters();
  }

  @Override
  public Queue queue() {
    return model.queue();
  }

  private static TargetRows targets(SequenceBatch batch) {
    return new TargetRows(SequenceAutoencoder.reversed(batch), new int[0], null);
  }

  @Override
  public double weight(SequenceBatch batch) {
    return (double) batch.shape().rows() * batch.featureCount();
  }

  @Override
  public void accumulate(SequenceBatch batch, double totalWeight, int draw, Matrix sum) {
    try (SequenceAutoencoder.Open pass = model.forward(batch, draw);
        LossTargets targets = loss.upload(queue(), targets(batch), totalWeight)) {
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
    Matrix output = model.infer(batch);
    try (LossTargets targets = loss.upload(queue(), targets(batch), totalWeight)) {
      loss.apply(queue(), output, targets, null, sum);
    } finally {
      model.pool().release(output);
    }
  }

  @Override
  public Map<String, RecurrentLayer> recurrentStacks() {
    Map<String, RecurrentLayer> stacks = new LinkedHashMap<>();
    stacks.put("encoder", model.encoder());
    stacks.put("decoder", model.decoder());
    return stacks;
  }

  /** The model is its owner's. */
  @Override
  public void close() {}
}
