package io.carousel.data.text;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import java.util.ArrayList;
import java.util.List;

/** Sequences of ids of different lengths, each with one class. Immutable. */
public final class LabelledTokens implements SequenceDataset {
  private final List<int[]> sequences = new ArrayList<>();
  private final int[] labels;

  /**
   * A data set of the given sequences (the arrays are copied).
   *
   * @param sequences of ids; length 0 is allowed
   * @param labels one class per sequence
   * @throws IllegalArgumentException when the counts differ
   */
  public LabelledTokens(List<int[]> sequences, int[] labels) {
    if (sequences.size() != labels.length) {
      throw new IllegalArgumentException(
          "%d sequences, but %d labels".formatted(sequences.size(), labels.length));
    }
    sequences.forEach(ids -> this.sequences.add(ids.clone()));
    this.labels = labels.clone();
  }

  @Override
  public int size() {
    return labels.length;
  }

  /** The class of an example. */
  public int label(int example) {
    return labels[example];
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    List<int[]> rows = new ArrayList<>();
    int[] classes = new int[examples.length];
    for (int n = 0; n < examples.length; n++) {
      rows.add(sequences.get(examples[n]));
      classes[n] = labels[examples[n]];
    }
    return batch(rows).withLabels(false, classes);
  }

  /** A batch of sequences of ids, in their order, without targets. */
  public static SequenceBatch batch(List<int[]> sequences) {
    PackedShape shape = PackedShape.of(sequences.stream().mapToInt(ids -> ids.length).toArray());
    int batchSize = sequences.size();
    int[] ids = new int[Math.multiplyExact(shape.steps(), batchSize)];
    for (int n = 0; n < batchSize; n++) {
      int[] sequence = sequences.get(n);
      for (int t = 0; t < sequence.length; t++) {
        ids[t * batchSize + n] = sequence[t];
      }
    }
    return SequenceBatch.ofIds(shape, ids);
  }
}
