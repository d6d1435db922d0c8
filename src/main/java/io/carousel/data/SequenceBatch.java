package io.carousel.data;

import io.carousel.device.PackedShape;
import org.jspecify.annotations.Nullable;

/**
 * N sequences with what shall be learned of them, on the host, time-major and padded: step t of
 * sequence n stands at row t·N + n. What lies past a sequence's end does not matter. Immutable by
 * agreement: the arrays are not copied and must be left as they are.
 *
 * @param shape T, N and the lengths
 * @param featureCount F, features per step; 0 when the steps are ids
 * @param features [T, N, F], empty when the steps are ids
 * @param ids [T, N], empty when the steps are features
 * @param targets what shall be learned, null in prediction
 * @param carry whether states are carried over from the batch before, and on to the next
 */
public record SequenceBatch(
    PackedShape shape,
    int featureCount,
    float[] features,
    int[] ids,
    @Nullable Targets targets,
    Carry carry) {

  /** How a batch stands to the one before and the one after, row by row. */
  public enum Carry {
    /** Its sequences stand alone. */
    NONE,
    /** Its sequences start here and go on in the next batch. */
    START,
    /** Its sequences go on where the batch before ended. */
    CONTINUE
  }

  /**
   * What shall be learned: numbers or labels, of each step or of each sequence.
   *
   * @param perStep whether rows are steps, [T, N], or sequences, [N]
   * @param columns K, numbers per row; 1 for labels
   * @param values rows × K numbers, empty for labels
   * @param labels one class per row, empty for numbers
   * @param weights one per row, 0 to mask it; null for 1 each
   */
  public record Targets(
      boolean perStep, int columns, float[] values, int[] labels, float @Nullable [] weights) {
    /** Whether these are class labels. */
    public boolean areLabels() {
      return labels.length > 0;
    }
  }

  /** Checks the arrays against the shape. */
  public SequenceBatch {
    int cells = Math.multiplyExact(shape.steps(), shape.batchSize());
    boolean byId = featureCount == 0;
    if (byId ? ids.length != cells : features.length != (long) cells * featureCount) {
      throw new IllegalArgumentException(
          "%s [time=%d, batch=%d%s] need %d values, got %d"
              .formatted(
                  byId ? "ids" : "features",
                  shape.steps(),
                  shape.batchSize(),
                  byId ? "" : ", features=" + featureCount,
                  byId ? cells : (long) cells * featureCount,
                  byId ? ids.length : features.length));
    }
    if (targets != null) {
      requireTargets(targets, shape);
    }
  }

  private static void requireTargets(Targets targets, PackedShape shape) {
    int rows = (targets.perStep ? shape.steps() : 1) * shape.batchSize();
    int expected = targets.areLabels() ? rows : rows * targets.columns;
    int got = targets.areLabels() ? targets.labels.length : targets.values.length;
    if (got != expected) {
      throw new IllegalArgumentException(
          "%s [%sbatch=%d%s] need %d values, got %d"
              .formatted(
                  targets.areLabels() ? "labels" : "targets",
                  targets.perStep ? "time=" + shape.steps() + ", " : "",
                  shape.batchSize(),
                  targets.areLabels() ? "" : ", columns=" + targets.columns,
                  expected,
                  got));
    }
    if (targets.weights != null && targets.weights.length != rows) {
      throw new IllegalArgumentException(
          "%d weights for %d rows of targets".formatted(targets.weights.length, rows));
    }
  }

  /** Sequences of features without targets. */
  public static SequenceBatch ofFeatures(PackedShape shape, int featureCount, float[] features) {
    if (featureCount < 1) {
      throw new IllegalArgumentException("featureCount must be positive, got " + featureCount);
    }
    return new SequenceBatch(shape, featureCount, features, new int[0], null, Carry.NONE);
  }

  /** Sequences of ids without targets. */
  public static SequenceBatch ofIds(PackedShape shape, int[] ids) {
    return new SequenceBatch(shape, 0, new float[0], ids, null, Carry.NONE);
  }

  /** The same with K numbers to be learned of each step, [T, N, K], or of each sequence, [N, K]. */
  public SequenceBatch withValues(boolean perStep, int columns, float[] values) {
    return withTargets(new Targets(perStep, columns, values, new int[0], null));
  }

  /** The same with a class to be learned of each step, [T, N], or of each sequence, [N]. */
  public SequenceBatch withLabels(boolean perStep, int[] labels) {
    return withTargets(new Targets(perStep, 1, new float[0], labels, null));
  }

  /** The same with other targets. */
  public SequenceBatch withTargets(Targets newTargets) {
    return new SequenceBatch(shape, featureCount, features, ids, newTargets, carry);
  }

  /**
   * The same with every sequence back to front within its own length, as layers of Keras that go
   * backwards see it. Targets stay as they are: outputs come in the order in which steps are seen.
   */
  public SequenceBatch reversed() {
    float[] turned = features.clone();
    int[] turnedIds = ids.clone();
    int n = shape.batchSize();
    for (int row = 0; row < n; row++) {
      int length = shape.length(row);
      for (int t = 0; t < length; t++) {
        int from = (length - 1 - t) * n + row;
        int to = t * n + row;
        if (featureCount == 0) {
          turnedIds[to] = ids[from];
        } else {
          System.arraycopy(features, from * featureCount, turned, to * featureCount, featureCount);
        }
      }
    }
    return new SequenceBatch(shape, featureCount, turned, turnedIds, targets, carry);
  }

  /** The same in a chain of batches whose states are carried over. */
  public SequenceBatch withCarry(Carry how) {
    return new SequenceBatch(shape, featureCount, features, ids, targets, how);
  }
}
