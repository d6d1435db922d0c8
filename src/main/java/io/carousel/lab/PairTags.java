package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import java.util.Arrays;

/**
 * Sequences of the symbols A, B, C of one length; at each step the question is whether the last two
 * symbols were A and B.
 *
 * @param sequences [count][T] of 0..2
 */
record PairTags(int[][] sequences) implements SequenceDataset {
  static final int SYMBOLS = 3;
  private static final int A = 0;
  private static final int B = 1;

  /** Symbols drawn at random. */
  static PairTags draw(int count, int steps, RandomStream random) {
    int[][] sequences = new int[count][steps];
    for (int[] sequence : sequences) {
      Arrays.setAll(sequence, t -> random.nextInt(SYMBOLS));
    }
    return new PairTags(sequences);
  }

  /** The same with AB at a place in every other sequence, and BA there in the others. */
  PairTags withPair(int place) {
    int[][] changed = Arrays.stream(sequences).map(int[]::clone).toArray(int[][]::new);
    for (int i = 0; i < changed.length; i++) {
      changed[i][place] = i % 2 == 0 ? A : B;
      changed[i][place + 1] = i % 2 == 0 ? B : A;
    }
    return new PairTags(changed);
  }

  @Override
  public int size() {
    return sequences.length;
  }

  int steps() {
    return sequences[0].length;
  }

  /** 1 where A and B were the last two symbols, else 0. */
  float tag(int sequence, int step) {
    int[] symbols = sequences[sequence];
    return step > 0 && symbols[step - 1] == A && symbols[step] == B ? 1 : 0;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    int[] ids = new int[steps() * n];
    float[] tags = new float[steps() * n];
    for (int row = 0; row < n; row++) {
      for (int t = 0; t < steps(); t++) {
        ids[t * n + row] = sequences[examples[row]][t];
        tags[t * n + row] = tag(examples[row], t);
      }
    }
    return SequenceBatch.ofIds(PackedShape.dense(steps(), n), ids).withValues(true, 1, tags);
  }

  /**
   * One input for each symbol at each of so many positions, zeros past the end of the sequence; one
   * tag for each step of the sequences.
   */
  Rows positions(int count) {
    float[] inputs = new float[size() * count * SYMBOLS];
    float[] tags = new float[size() * steps()];
    for (int i = 0; i < size(); i++) {
      for (int t = 0; t < steps(); t++) {
        inputs[(i * count + t) * SYMBOLS + sequences[i][t]] = 1;
        tags[i * steps() + t] = tag(i, t);
      }
    }
    return Rows.ofValues(size(), inputs, tags);
  }

  /**
   * Share of sequences whose tag at a step is given.
   *
   * @param logits of that step, one per sequence; above 0 for "yes"
   */
  double agreement(int step, double[] logits) {
    int right = 0;
    for (int i = 0; i < size(); i++) {
      right += (logits[i] > 0) == (tag(i, step) == 1) ? 1 : 0;
    }
    return (double) right / size();
  }
}
