package io.carousel.data;

import io.carousel.device.PackedShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences of different lengths in memory, each with numbers to be learned of it or of each of its
 * steps.
 *
 * <p>Batches are padded with zeros to their longest sequence: features {@code [T, N, F]}, targets
 * {@code [N, K]} or {@code [T, N, K]}. Immutable.
 */
public final class LabelledSequences implements SequenceDataset {
  private final int featureCount;
  private final boolean perStep;
  private final int columns;
  private final List<float[]> features;
  private final List<float[]> targets;

  /**
   * A data set of the given sequences (the arrays are copied).
   *
   * @param featureCount F, features per step
   * @param features per sequence {@code [length, F]}; length 0 is allowed
   * @param perStep whether there are targets of each step or of each sequence
   * @param columns K, numbers per target
   * @param targets per sequence {@code [length, K]} or {@code [K]}
   * @throws IllegalArgumentException when the counts or shapes do not fit or a value is not finite;
   *     names the sequence
   */
  public LabelledSequences(
      int featureCount,
      List<float[]> features,
      boolean perStep,
      int columns,
      List<float[]> targets) {
    if (featureCount < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "featureCount and columns must be positive, got " + featureCount + " and " + columns);
    }
    if (features.size() != targets.size()) {
      throw new IllegalArgumentException(
          features.size() + " sequences, but targets of " + targets.size());
    }
    this.featureCount = featureCount;
    this.perStep = perStep;
    this.columns = columns;
    this.features = new ArrayList<>();
    this.targets = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      float[] sequence = features.get(i);
      if (sequence.length % featureCount != 0) {
        throw new IllegalArgumentException(
            "sequence %d: %d values are no steps of %d features"
                .formatted(i, sequence.length, featureCount));
      }
      int expected = perStep ? sequence.length / featureCount * columns : columns;
      if (targets.get(i).length != expected) {
        throw new IllegalArgumentException(
            "sequence %d: expected %d target values, got %d"
                .formatted(i, expected, targets.get(i).length));
      }
      requireFinite("feature", i, sequence);
      requireFinite("target", i, targets.get(i));
      this.features.add(sequence.clone());
      this.targets.add(targets.get(i).clone());
    }
  }

  private static void requireFinite(String what, int sequence, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "sequence %d: %s value %d is %s".formatted(sequence, what, i, values[i]));
      }
    }
  }

  @Override
  public int size() {
    return features.size();
  }

  /** Number of steps of an example, for {@link BatchPlan#byLength}. */
  public int length(int example) {
    return features.get(example).length / featureCount;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    int[] lengths = new int[n];
    for (int row = 0; row < n; row++) {
      if (examples[row] < 0 || examples[row] >= size()) {
        throw new IllegalArgumentException("no sequence " + examples[row] + " among " + size());
      }
      lengths[row] = length(examples[row]);
    }
    PackedShape shape = PackedShape.of(lengths);
    float[] batch = new float[rows(shape.steps(), n, featureCount)];
    float[] goals = new float[rows(perStep ? shape.steps() : 1, n, columns)];
    for (int row = 0; row < n; row++) {
      copyRows(features.get(examples[row]), featureCount, batch, row, n);
      copyRows(targets.get(examples[row]), columns, goals, row, n);
    }
    return SequenceBatch.ofFeatures(shape, featureCount, batch).withValues(perStep, columns, goals);
  }

  private static int rows(int steps, int batchSize, int width) {
    return Math.multiplyExact(Math.multiplyExact(steps, batchSize), width);
  }

  /** Copies step t of one sequence, {@code width} values, to row t·N + n. */
  private static void copyRows(float[] from, int width, float[] to, int n, int batchSize) {
    for (int t = 0; t < from.length / width; t++) {
      System.arraycopy(from, t * width, to, (t * batchSize + n) * width, width);
    }
  }
}
