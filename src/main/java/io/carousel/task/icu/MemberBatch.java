package io.carousel.task.icu;

import io.carousel.data.SequenceBatch;
import io.carousel.train.BatchSource;
import io.carousel.train.SequenceBatches;
import java.util.ArrayList;
import java.util.List;

/**
 * Stays for one member of the ensemble. A training step takes one for each member, from its own
 * patients in its own order.
 *
 * @param member its number
 * @param stays what it learns from
 */
record MemberBatch(int member, SequenceBatch stays) {
  /** The batches of all members, side by side; where one has fewer, it sits out the last step. */
  static BatchSource<List<MemberBatch>> sources(List<SequenceBatches> ofMembers) {
    return new BatchSource<>() {
      @Override
      public int size() {
        return ofMembers.stream().mapToInt(SequenceBatches::size).max().orElseThrow();
      }

      @Override
      public List<MemberBatch> batch(int epoch, int index) {
        List<MemberBatch> batches = new ArrayList<>();
        for (int member = 0; member < ofMembers.size(); member++) {
          if (index < ofMembers.get(member).size()) {
            batches.add(new MemberBatch(member, ofMembers.get(member).batch(epoch, index)));
          }
        }
        return batches;
      }

      @Override
      public int samples(List<MemberBatch> batches) {
        return batches.stream().mapToInt(b -> b.stays.shape().batchSize()).sum();
      }
    };
  }
}
