package io.carousel.task.ecg.beats;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.train.BatchSource;
import io.carousel.train.Objective;
import io.carousel.train.SequenceObjective;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cross-entropy of the members of an ensemble, each on batches of its own. */
final class EnsembleObjective implements Objective<EnsembleObjective.MemberBatch> {
  /** A batch for one member. */
  record MemberBatch(int member, SequenceBatch batch) {}

  /**
   * Batches of all members in turn: as many steps of the ensemble as the longest source has
   * batches, or, for judging, each batch once.
   */
  record InTurn(List<BeatSequences> sources, boolean steps) implements BatchSource<MemberBatch> {
    @Override
    public int size() {
      return steps
          ? sources.size() * sources.stream().mapToInt(BeatSequences::size).max().orElse(0)
          : sources.stream().mapToInt(BeatSequences::size).sum();
    }

    @Override
    public MemberBatch batch(int epoch, int index) {
      int member = 0;
      int at = index;
      if (steps) {
        member = index % sources.size();
        at = index / sources.size() % sources.get(member).size();
      } else {
        while (at >= sources.get(member).size()) {
          at -= sources.get(member++).size();
        }
      }
      return new MemberBatch(member, sources.get(member).batch(epoch, at));
    }

    @Override
    public int samples(MemberBatch batch) {
      return sources.get(batch.member).samples(batch.batch);
    }
  }

  private final BeatEnsemble ensemble;
  private final List<SequenceObjective> members;

  EnsembleObjective(BeatEnsemble ensemble) {
    this.ensemble = ensemble;
    members = ensemble.members().stream().map(SequenceObjective::crossEntropy).toList();
  }

  @Override
  public ParameterSet parameters() {
    return ensemble.parameters();
  }

  @Override
  public Queue queue() {
    return ensemble.queue();
  }

  @Override
  public double weight(MemberBatch batch) {
    return members.get(batch.member).weight(batch.batch);
  }

  @Override
  public void accumulate(MemberBatch batch, double totalWeight, int draw, Matrix loss) {
    members.get(batch.member).accumulate(batch.batch, totalWeight, draw, loss);
  }

  @Override
  public void evaluate(MemberBatch batch, double totalWeight, Matrix loss) {
    members.get(batch.member).evaluate(batch.batch, totalWeight, loss);
  }

  @Override
  public Map<String, RecurrentLayer> recurrentStacks() {
    Map<String, RecurrentLayer> stacks = new LinkedHashMap<>();
    for (int m = 0; m < members.size(); m++) {
      stacks.put("member" + m + ".rnn", ensemble.members().get(m).recurrent());
    }
    return stacks;
  }

  @Override
  public void close() {
    members.forEach(SequenceObjective::close);
  }
}
