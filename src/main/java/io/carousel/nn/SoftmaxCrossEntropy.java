package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Softmax and cross-entropy for class labels, as {@code torch.nn.CrossEntropyLoss}: Σ w·(log Σ_c
 * exp x_c - x_label) / Σ w over rows, with w = row weight · weight of the label's class, 0 for the
 * ignored label.
 */
public final class SoftmaxCrossEntropy implements Loss {
  /** The label that is ignored unless another one is chosen; PyTorch's default. */
  public static final int DEFAULT_IGNORE_INDEX = -100;

  private final MatrixPool pool;
  private final int classes;
  private final int ignoreIndex;
  private final double[] classWeights;
  private final double smoothing;
  private final RowWeights weights = new RowWeights();
  private int[] cleanLabels = {};

  /**
   * The loss without class weights.
   *
   * @param pool lends targets
   * @param classes number of classes, columns of the logits
   */
  public SoftmaxCrossEntropy(MatrixPool pool, int classes) {
    this(pool, classes, DEFAULT_IGNORE_INDEX, ones(classes), 0);
  }

  private SoftmaxCrossEntropy(
      MatrixPool pool, int classes, int ignoreIndex, double[] classWeights, double smoothing) {
    this.pool = pool;
    this.classes = classes;
    this.ignoreIndex = ignoreIndex;
    this.classWeights = classWeights;
    this.smoothing = smoothing;
  }

  private static double[] ones(int classes) {
    if (classes <= 0) {
      throw new IllegalArgumentException("number of classes must be positive, got " + classes);
    }
    double[] ones = new double[classes];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The same loss with another label that is ignored; it may be a class. */
  public SoftmaxCrossEntropy withIgnoreIndex(int label) {
    return new SoftmaxCrossEntropy(pool, classes, label, classWeights, smoothing);
  }

  /** The same loss with a weight for each class, finite and not negative. */
  public SoftmaxCrossEntropy withClassWeights(double... perClass) {
    if (perClass.length != classes) {
      throw new IllegalArgumentException(
          "%d class weights for %d classes".formatted(perClass.length, classes));
    }
    for (int c = 0; c < classes; c++) {
      if (!(perClass[c] >= 0 && perClass[c] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight of class %d is %s: weights are finite and not negative"
                .formatted(c, perClass[c]));
      }
    }
    return new SoftmaxCrossEntropy(pool, classes, ignoreIndex, perClass.clone(), smoothing);
  }

  /**
   * The same loss with smoothed labels: a part ε of each target is spread evenly over all classes,
   * (1-ε)·onehot + ε/classes, as {@code label_smoothing} of PyTorch does without class weights.
   * With class weights the weight of the label's class multiplies the loss of the whole row;
   * PyTorch weighs the share of each class by its own weight.
   *
   * @param epsilon in [0, 1]; 0 for plain labels
   */
  public SoftmaxCrossEntropy withLabelSmoothing(double epsilon) {
    if (!(epsilon >= 0 && epsilon <= 1)) {
      throw new IllegalArgumentException("label smoothing must lie in [0, 1], got " + epsilon);
    }
    return new SoftmaxCrossEntropy(pool, classes, ignoreIndex, classWeights, epsilon);
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * Σ of the weights of a batch, over which the mean is taken.
   *
   * @param labels one per row
   * @param rowWeights one per row, 0 to mask it; null for 1 each
   * @throws IllegalArgumentException when a label that counts is no class, with its position
   */
  public double weight(int[] labels, float @Nullable [] rowWeights) {
    weigh(labels, rowWeights);
    return weights.sum();
  }

  /** Uploads labels for the mean over this batch; see {@link #weight}. */
  public LossTargets upload(Queue queue, int[] labels, float @Nullable [] rowWeights) {
    return upload(queue, labels, rowWeights, weight(labels, rowWeights));
  }

  /**
   * Uploads labels for the mean over a larger batch that is worked off in parts.
   *
   * @param queue carries the labels
   * @param labels one per row; in 0..classes-1 or the ignored one, anything where the row weight is
   *     0
   * @param rowWeights one per row, 0 to mask it; null for 1 each
   * @param totalWeight Σ of {@link #weight} over all parts
   */
  public LossTargets upload(
      Queue queue, int[] labels, float @Nullable [] rowWeights, double totalWeight) {
    weigh(labels, rowWeights);
    double weight = weights.sum();
    Matrix values = pool.leaseIntegers(1, labels.length);
    queue.upload(cleanLabels, 0, values);
    return new LossTargets(pool, values, weights.upload(queue, pool, totalWeight), weight);
  }

  @Override
  public double weight(TargetRows targets) {
    return weight(targets.labels(), targets.weights());
  }

  @Override
  public LossTargets upload(Queue queue, TargetRows targets, double totalWeight) {
    return upload(queue, targets.labels(), targets.weights(), totalWeight);
  }

  @Override
  public void apply(
      Queue queue, Matrix outputs, LossTargets targets, @Nullable Matrix dOutputs, Matrix loss) {
    targets.requireRows(outputs);
    outputs.require("logits [rows, classes]", outputs.rows(), classes);
    queue.softmaxCrossEntropy(
        outputs, targets.values(), targets.rowWeights(), smoothing, dOutputs, loss);
  }

  /** Fills weights and clean labels, which are classes in all rows. */
  private void weigh(int[] labels, float @Nullable [] rowWeights) {
    weights.start(labels.length, rowWeights);
    if (cleanLabels.length < labels.length) {
      cleanLabels = new int[labels.length];
    }
    for (int r = 0; r < labels.length; r++) {
      int label = labels[r];
      boolean counts = weights.get(r) != 0 && label != ignoreIndex;
      if (counts && (label < 0 || label >= classes)) {
        throw new IllegalArgumentException(
            "label %d of row %d is neither in 0..%d nor the ignored label %d"
                .formatted(label, r, classes - 1, ignoreIndex));
      }
      cleanLabels[r] = counts ? label : 0;
      weights.multiply(r, counts ? classWeights[label] : 0);
    }
  }
}
