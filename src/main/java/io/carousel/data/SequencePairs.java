package io.carousel.data;

import io.carousel.device.PackedShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of sequences of ids in memory, to learn the second from the first. The decoder reads {@code
 * start, y1, y2, …} and shall say {@code y1, y2, …, end} (teacher forcing). Immutable.
 */
public final class SequencePairs {
  private final List<int[]> sources;
  private final List<int[]> targets;
  private final int start;
  private final int end;

  /**
   * A data set of the given pairs; the arrays are kept and must be left as they are.
   *
   * @param sources ids
   * @param targets ids without start and end
   * @param start id that the decoder reads first
   * @param end id that the decoder says last
   */
  public SequencePairs(List<int[]> sources, List<int[]> targets, int start, int end) {
    if (sources.size() != targets.size()) {
      throw new IllegalArgumentException(
          "%d sources and %d targets make no pairs".formatted(sources.size(), targets.size()));
    }
    this.sources = new ArrayList<>(sources);
    this.targets = new ArrayList<>(targets);
    this.start = start;
    this.end = end;
  }

  /** Number of pairs. */
  public int size() {
    return sources.size();
  }

  /** Number of ids of a source. */
  public int sourceLength(int pair) {
    return sources.get(pair).length;
  }

  /** Number of steps of a decoder, the end included. */
  public int targetLength(int pair) {
    return targets.get(pair).length + 1;
  }

  /** A batch of the pairs of those numbers, padded to the longest ones. */
  public SequencePairBatch batch(int... pairs) {
    List<int[]> reads = new ArrayList<>();
    List<int[]> says = new ArrayList<>();
    List<int[]> source = new ArrayList<>();
    for (int pair : pairs) {
      int[] target = targets.get(pair);
      int[] read = new int[target.length + 1];
      int[] say = new int[target.length + 1];
      System.arraycopy(target, 0, read, 1, target.length);
      System.arraycopy(target, 0, say, 0, target.length);
      read[0] = start;
      say[target.length] = end;
      reads.add(read);
      says.add(say);
      source.add(sources.get(pair));
    }
    PackedShape shape = shape(reads);
    return new SequencePairBatch(
        ids(source),
        SequenceBatch.ofIds(shape, padded(shape, reads)).withLabels(true, padded(shape, says)));
  }

  /** A batch of sequences of ids alone, such as sources that shall be translated. */
  public static SequenceBatch ids(List<int[]> sequences) {
    PackedShape shape = shape(sequences);
    return SequenceBatch.ofIds(shape, padded(shape, sequences));
  }

  private static PackedShape shape(List<int[]> sequences) {
    return PackedShape.of(sequences.stream().mapToInt(s -> s.length).toArray());
  }

  private static int[] padded(PackedShape shape, List<int[]> sequences) {
    int[] rows = new int[Math.multiplyExact(shape.steps(), shape.batchSize())];
    for (int n = 0; n < sequences.size(); n++) {
      int[] sequence = sequences.get(n);
      for (int t = 0; t < sequence.length; t++) {
        rows[t * shape.batchSize() + n] = sequence[t];
      }
    }
    return rows;
  }
}
