package io.carousel.device;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a batch of sequences lies in memory: time-major and packed, [Σ n_t, features], where step t
 * has n_t rows, one for each sequence longer than t, sorted by length, longest first, stably. The
 * same order as PyTorch's PackedSequence. A dense batch is the case n_t = N. Sequences of length 0
 * have no rows; they stand at the end of the order. Immutable.
 */
public final class PackedShape {
  private final int[] lengths;
  private final int[] order;
  private final int[] inverse;
  private final int[] stepRows;
  private final int[] stepOffset;
  private final boolean identity;
  private volatile int @Nullable [] rowIds;

  private PackedShape(int[] lengths) {
    this.lengths = lengths;
    // longest first, and among equals in the caller's order
    long[] keys = new long[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      keys[i] = ((long) (Integer.MAX_VALUE - lengths[i]) << 32) | i;
    }
    Arrays.sort(keys);
    order = new int[lengths.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    inverse = new int[lengths.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    int steps = lengths.length == 0 ? 0 : lengths[order[0]];
    stepRows = new int[steps];
    for (int i = lengths.length - 1, t = 0; i >= 0; i--) {
      for (; t < lengths[order[i]]; t++) {
        stepRows[t] = i + 1; // the sequences up to this one are longer than t
      }
    }
    stepOffset = new int[steps + 1];
    for (int t = 0; t < steps; t++) {
      stepOffset[t + 1] = Math.addExact(stepOffset[t], stepRows[t]);
    }
    identity = IntStream.range(0, order.length).allMatch(i -> order[i] == i);
  }

  /** A batch of sequences of these lengths, in the caller's order; at least one, 0 allowed. */
  public static PackedShape of(int... lengths) {
    if (lengths.length == 0) {
      throw new IllegalArgumentException("a batch needs at least one sequence");
    }
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 0) {
        throw new IllegalArgumentException(
            "length of sequence " + i + " is negative: " + lengths[i]);
      }
    }
    return new PackedShape(lengths.clone());
  }

  /**
   * A batch padded to {@code seqLen} steps; what lies past the longest sequence is cut off.
   *
   * @throws IllegalArgumentException when a length is larger than {@code seqLen}
   */
  public static PackedShape padded(int seqLen, int... lengths) {
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] > seqLen) {
        throw new IllegalArgumentException(
            "length %d of sequence %d exceeds the %d time steps".formatted(lengths[i], i, seqLen));
      }
    }
    return of(lengths);
  }

  /** A dense batch: {@code batchSize} sequences of {@code seqLen} steps. */
  public static PackedShape dense(int seqLen, int batchSize) {
    int[] lengths = new int[batchSize];
    Arrays.fill(lengths, seqLen);
    return of(lengths);
  }

  /** N, the number of sequences. */
  public int batchSize() {
    return lengths.length;
  }

  /** T, the longest length. */
  public int steps() {
    return stepRows.length;
  }

  /** Σ n_t, the number of packed rows. */
  public int rows() {
    return stepOffset[steps()];
  }

  /** n_t, the number of rows of a step. */
  public int stepRows(int t) {
    return stepRows[t];
  }

  /** The first packed row of a step. */
  public int stepOffset(int t) {
    return stepOffset[t];
  }

  /** The first packed row of each step, then the number of all rows: [T+1] (a copy). */
  public int[] stepOffsets() {
    return stepOffset.clone();
  }

  /** The length of a sequence, by the caller's row. */
  public int length(int callerRow) {
    return lengths[callerRow];
  }

  /** All lengths in the caller's order (a copy). */
  public int[] lengths() {
    return lengths.clone();
  }

  /** The caller's row of the sequence at a sorted position. */
  public int callerRow(int sortedRow) {
    return order[sortedRow];
  }

  /** The packed row of step t of the caller's sequence, or -1 past its end. */
  public int packedRow(int t, int callerRow) {
    return t < lengths[callerRow] ? stepOffset[t] + inverse[callerRow] : -1;
  }

  /** The caller's rows in sorted order (a copy): gathering by it sorts. */
  public int[] order() {
    return order.clone();
  }

  /**
   * The sorted position of each of the caller's rows (a copy): gathering by it restores the
   * caller's order.
   */
  public int[] inverseOrder() {
    return inverse.clone();
  }

  /**
   * The caller's row and the time step of each packed row: [2, Σ n_t], row-major (not a copy; leave
   * it as it is).
   */
  public int[] rowIds() {
    int[] known = rowIds;
    if (known == null) {
      int[] ids = new int[Math.multiplyExact(2, rows())];
      for (int t = 0; t < steps(); t++) {
        for (int i = 0; i < stepRows[t]; i++) {
          ids[stepOffset[t] + i] = order[i];
          ids[rows() + stepOffset[t] + i] = t;
        }
      }
      rowIds = ids;
      return ids;
    }
    return known;
  }

  /** Whether the caller's order is already sorted. */
  public boolean isSorted() {
    return identity;
  }

  /** Two shapes are equal when their lengths are, in order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof PackedShape shape && Arrays.equals(lengths, shape.lengths);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(lengths);
  }

  @Override
  public String toString() {
    return "PackedShape[T=" + steps() + ", N=" + batchSize() + ", rows=" + rows() + "]";
  }
}
