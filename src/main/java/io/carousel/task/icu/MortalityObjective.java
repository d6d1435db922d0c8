package io.carousel.task.icu;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.LogisticLoss;
import io.carousel.nn.LossTargets;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.TargetRows;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.train.Objective;
import java.util.List;
import java.util.Map;

/**
 * The mean logistic loss of all members, each on its own stays. In validation each sees the
 * patients that it does not learn from, so the mean is over all patients and honest for each.
 */
final class MortalityObjective implements Objective<List<MemberBatch>> {
  private final MortalityNet net;
  private final LogisticLoss loss;

  MortalityObjective(MortalityNet net) {
    this.net = net;
    loss = new LogisticLoss(net.pool(), 1);
  }

  @Override
  public ParameterSet parameters() {
    return net.parameters();
  }

  @Override
  public Map<String, RecurrentLayer> recurrentStacks() {
    return net.stacks();
  }

  @Override
  public Queue queue() {
    return net.queue();
  }

  @Override
  public double weight(List<MemberBatch> batches) {
    return batches.stream().mapToDouble(b -> loss.weight(targets(b))).sum();
  }

  @Override
  public void accumulate(List<MemberBatch> batches, double totalWeight, int draw, Matrix sum) {
    for (MemberBatch batch : batches) {
      try (Member.Pass pass = net.forward(batch.member(), batch.stays(), draw);
          LossTargets targets = loss.upload(queue(), targets(batch), totalWeight)) {
        Matrix dOutput = net.pool().lease(pass.output().rows(), 1);
        try {
          loss.apply(queue(), pass.output(), targets, dOutput, sum);
          pass.backward(dOutput);
        } finally {
          net.pool().release(dOutput);
        }
      }
    }
  }

  @Override
  public void evaluate(List<MemberBatch> batches, double totalWeight, Matrix sum) {
    for (MemberBatch batch : batches) {
      Matrix output = net.infer(batch.member(), batch.stays());
      try (LossTargets targets = loss.upload(queue(), targets(batch), totalWeight)) {
        loss.apply(queue(), output, targets, null, sum);
      } finally {
        net.pool().release(output);
      }
    }
  }

  private static TargetRows targets(MemberBatch batch) {
    SequenceBatch.Targets targets = batch.stays().targets();
    if (targets == null) {
      throw new IllegalArgumentException("the stays have no targets");
    }
    return new TargetRows(targets.values(), targets.labels(), targets.weights());
  }

  /** The network is its owner's. */
  @Override
  public void close() {}
}
