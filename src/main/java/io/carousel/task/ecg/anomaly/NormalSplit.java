package io.carousel.task.ecg.anomaly;

import io.carousel.data.ecg.UcrFile;
import io.carousel.device.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The normal beats of a file divided by a seed: 30 % are held back to be reported on, an eighth of
 * the others decides when training ends and what counts as abnormal. Abnormal beats are for the
 * report only.
 *
 * @param train numbers of the rows to learn from
 * @param validation numbers of the rows to choose by
 * @param heldBack numbers of the rows to report on, abnormal ones included, ascending
 */
record NormalSplit(int[] train, int[] validation, int[] heldBack) {
  /** The label of normal beats in ECG5000. */
  static final int NORMAL = 1;

  private static final double HELD_BACK = 0.3;
  private static final int VALIDATION_PART = 8;

  /**
   * Divides a file.
   *
   * @throws IllegalArgumentException when it has fewer than 10 normal rows
   */
  static NormalSplit of(UcrFile data, long seed) {
    int[] normal =
        IntStream.range(0, data.size()).filter(i -> data.labels()[i] == NORMAL).toArray();
    if (normal.length < 10) {
      throw new IllegalArgumentException(
          "%s: %d rows of class %d (normal), training needs 10 or more"
              .formatted(data.file(), normal.length, NORMAL));
    }
    int[] order = new RandomStream(seed, "split/normal").permutation(normal.length);
    int[] shuffled = Arrays.stream(order).map(i -> normal[i]).toArray();
    int held = (int) Math.round(HELD_BACK * normal.length);
    int validation = held + Math.max(1, (normal.length - held) / VALIDATION_PART);
    int[] report =
        IntStream.concat(
                Arrays.stream(shuffled, 0, held),
                IntStream.range(0, data.size()).filter(i -> data.labels()[i] != NORMAL))
            .sorted()
            .toArray();
    return new NormalSplit(
        Arrays.copyOfRange(shuffled, validation, shuffled.length),
        Arrays.copyOfRange(shuffled, held, validation),
        report);
  }
}
