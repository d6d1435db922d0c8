package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LabelledSequencesTest {
  private static final List<float[]> FEATURES =
      List.of(new float[] {1, 2, 3, 4}, new float[0], new float[] {5, 6, 7, 8, 9, 10});

  @Test
  void aBatchIsTimeMajorAndPaddedInTheCallersOrder() {
    LabelledSequences sequences =
        new LabelledSequences(
            2, FEATURES, false, 1, List.of(new float[] {-1}, new float[] {-2}, new float[] {-3}));
    assertEquals(3, sequences.size());
    assertEquals(2, sequences.length(0));
    SequenceBatch batch = sequences.batch(new int[] {1, 2, 0});
    assertArrayEquals(new int[] {0, 3, 2}, batch.shape().lengths());
    assertArrayEquals(
        new float[] {
          0, 0, 5, 6, 1, 2,
          0, 0, 7, 8, 3, 4,
          0, 0, 9, 10, 0, 0
        },
        batch.features());
    assertArrayEquals(new float[] {-2, -3, -1}, Objects.requireNonNull(batch.targets()).values());
  }

  @Test
  void targetsOfEachStep() {
    LabelledSequences sequences =
        new LabelledSequences(
            2, FEATURES, true, 1, List.of(new float[] {1, 2}, new float[0], new float[] {3, 4, 5}));
    SequenceBatch batch = sequences.batch(new int[] {2, 0});
    assertArrayEquals(
        new float[] {3, 1, 4, 2, 5, 0}, Objects.requireNonNull(batch.targets()).values());
  }

  @Test
  void bucketsByLength() {
    LabelledSequences sequences =
        new LabelledSequences(
            2, FEATURES, false, 1, List.of(new float[1], new float[1], new float[1]));
    List<int[]> batches = BatchPlan.byLength(new int[] {2, 1, 0}, sequences::length, 2, 2);
    assertArrayEquals(new int[] {2}, batches.get(0));
    assertArrayEquals(new int[] {1, 0}, batches.get(1));
  }

  @Test
  void refusesWhatDoesNotFit() {
    refused(
        () -> new LabelledSequences(2, List.of(new float[3]), false, 1, List.of(new float[1])),
        "sequence 0: 3 values are no steps of 2 features");
    refused(
        () -> new LabelledSequences(2, List.of(new float[4]), true, 3, List.of(new float[4])),
        "sequence 0: expected 6 target values, got 4");
    refused(
        () -> new LabelledSequences(2, FEATURES, false, 1, List.of()),
        "3 sequences, but targets of 0");
    refused(
        () ->
            new LabelledSequences(
                1, List.of(new float[] {1, Float.NaN}), false, 1, List.of(new float[1])),
        "sequence 0: feature value 1 is NaN");
    refused(
        () ->
            new LabelledSequences(
                1, List.of(new float[1]), false, 1, List.of(new float[] {Float.NaN})),
        "sequence 0: target value 0 is NaN");
    refused(() -> new LabelledSequences(0, FEATURES, false, 1, List.of()), "must be positive");
    LabelledSequences one =
        new LabelledSequences(1, List.of(new float[1]), false, 1, List.of(new float[1]));
    refused(() -> one.batch(new int[] {1}), "no sequence 1 among 1");
  }

  private static void refused(Executable call, String part) {
    Refusal.expect(IllegalArgumentException.class, call, part);
  }
}
