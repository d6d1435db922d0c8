package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequencePairBatch;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.LossTargets;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.SoftmaxCrossEntropy;
import io.carousel.nn.TargetRows;
import io.carousel.rnn.EncodedSource;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderPass;
import io.carousel.rnn.Packing;
import io.carousel.rnn.RecurrentLayer;
import java.util.Map;

/**
 * An {@link EncoderDecoder} with the cross-entropy of the target's ids, in nats per id, the end
 * included. Pairs stand alone: nothing is carried from batch to batch.
 */
public final class EncoderDecoderObjective implements Objective<SequencePairBatch> {
  private final EncoderDecoder model;
  private final SoftmaxCrossEntropy trainingLoss;
  private final SoftmaxCrossEntropy evaluationLoss;

  /**
   * An objective.
   *
   * @param model what learns
   * @param labelSmoothing ε in training; evaluation always takes the plain cross-entropy
   */
  public EncoderDecoderObjective(EncoderDecoder model, double labelSmoothing) {
    this.model = model;
    evaluationLoss = new SoftmaxCrossEntropy(model.pool(), model.spec().targetVocabulary());
    trainingLoss = evaluationLoss.withLabelSmoothing(labelSmoothing);
  }

  /** The model. */
  public EncoderDecoder model() {
    return model;
  }

  @Override
  public ParameterSet parameters() {
    return model.parameters();
  }

  @Override
  public Queue queue() {
    return model.queue();
  }

  @Override
  public double weight(SequencePairBatch batch) {
    return evaluationLoss.weight(rows(batch));
  }

  @Override
  public void accumulate(SequencePairBatch batch, double totalWeight, int draw, Matrix sum) {
    try (EncoderDecoderPass pass = model.forward(batch, draw);
        LossTargets targets = trainingLoss.upload(queue(), rows(batch), totalWeight)) {
      Matrix logits = pass.output();
      trainingLoss.apply(queue(), logits, targets, logits, sum); // the gradient takes their place
      pass.backward(logits);
    }
  }

  @Override
  public void evaluate(SequencePairBatch batch, double totalWeight, Matrix sum) {
    try (EncodedSource source = model.encode(batch.source());
        LossTargets targets = evaluationLoss.upload(queue(), rows(batch), totalWeight)) {
      Matrix logits = model.decode(source, source.start(), batch.target());
      try {
        evaluationLoss.apply(queue(), logits, targets, null, sum);
      } finally {
        model.pool().release(logits);
      }
    }
  }

  private static TargetRows rows(SequencePairBatch batch) {
    SequenceBatch.Targets targets = batch.target().targets();
    if (targets == null || !targets.perStep() || !targets.areLabels()) {
      throw new IllegalArgumentException("the decoder needs a label of each step of its targets");
    }
    float[] weights = targets.weights();
    return new TargetRows(
        targets.values(),
        Packing.pack(batch.target().shape(), targets.labels()),
        weights == null ? null : Packing.pack(batch.target().shape(), 1, weights));
  }

  @Override
  public Map<String, RecurrentLayer> recurrentStacks() {
    return Map.of("encoder", model.encoder(), "decoder", model.decoder());
  }

  /** The model is its owner's. */
  @Override
  public void close() {}
}
