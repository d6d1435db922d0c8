package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One learned tensor of a model with its gradient, both contiguous on the device. Made and owned by
 * a {@link ParameterSet}; where a model uses it twice (tied weights) it is still one object. Not
 * thread-safe.
 */
public final class Parameter {
  private final String path;
  private final int[] shape;
  private final Matrix value;
  private final @Nullable Matrix gradient;
  private boolean requiresGradient;
  private long version = 1;

  Parameter(String path, int[] shape, Matrix value, @Nullable Matrix gradient) {
    this.path = path;
    this.shape = shape;
    this.value = value;
    this.gradient = gradient;
    requiresGradient = gradient != null;
  }

  /** The dotted path, such as {@code encoder.lstm.weight_ih_l0}; its name in files. */
  public String path() {
    return path;
  }

  /** The logical shape (a copy): [n] of a bias, [rows, columns] of a matrix. */
  public int[] shape() {
    return shape.clone();
  }

  /** Rows of the stored matrix; 1 where the logical shape is [n]. */
  public int rows() {
    return value.rows();
  }

  /** Columns of the stored matrix. */
  public int columns() {
    return value.columns();
  }

  /** Number of elements. */
  public int size() {
    return Math.toIntExact(value.size());
  }

  /** The value [rows, columns]. Who writes into it calls {@link #markWritten}. */
  public Matrix value() {
    return value;
  }

  /**
   * The gradient [rows, columns], to which backward passes add.
   *
   * @throws IllegalStateException when the parameter was made for inference and has none
   */
  public Matrix gradient() {
    if (gradient == null) {
      throw new IllegalStateException(
          "parameter '%s' was made for inference and has no gradient".formatted(path));
    }
    return gradient;
  }

  /** Whether there is a gradient; else the parameter was made for inference. */
  public boolean hasGradient() {
    return gradient != null;
  }

  /**
   * A number that rises with every write of the value, so that copies made of it (packed, cast)
   * know when they are stale.
   */
  public long version() {
    return version;
  }

  /** Says that the value was written. */
  public void markWritten() {
    version++;
  }

  /**
   * Whether it learns; at first true where there is a gradient. Layers may skip the gradient of a
   * parameter that does not, clipping and optimizers leave it out.
   */
  public boolean requiresGradient() {
    return requiresGradient;
  }

  /**
   * Freezes the parameter (false) or lets it learn (true).
   *
   * @throws IllegalStateException when it shall learn and has no gradient
   */
  public void setRequiresGradient(boolean learns) {
    if (learns) {
      gradient();
    }
    requiresGradient = learns;
  }

  /** Downloads the value, row by row. Blocks. */
  public double[] download(Queue queue) {
    double[] values = new double[size()];
    queue.download(value, values, 0);
    return values;
  }

  /** Downloads the value, row by row, rounded to float. Blocks. */
  public float[] downloadFloats(Queue queue) {
    float[] values = new float[size()];
    queue.download(value, values, 0);
    return values;
  }

  /** Downloads the gradient, row by row. Blocks. */
  public double[] downloadGradient(Queue queue) {
    double[] values = new double[size()];
    queue.download(gradient(), values, 0);
    return values;
  }

  /**
   * Overwrites the value, row by row.
   *
   * @throws IllegalArgumentException when there are not exactly {@link #size} values
   */
  public void upload(Queue queue, double[] values) {
    requireSize(values.length);
    queue.upload(values, 0, value);
    markWritten();
  }

  /**
   * Overwrites the value, row by row.
   *
   * @throws IllegalArgumentException when there are not exactly {@link #size} values
   */
  public void upload(Queue queue, float[] values) {
    requireSize(values.length);
    queue.upload(values, 0, value);
    markWritten();
  }

  private void requireSize(int count) {
    if (count != size()) {
      throw new IllegalArgumentException(
          "parameter '%s' of shape %s has %d values, got %d"
              .formatted(path, Arrays.toString(shape), size(), count));
    }
  }

  @Override
  public String toString() {
    return path + Arrays.toString(shape);
  }
}
