package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Philox;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * In training sets elements to zero with probability {@code rate} and divides the others by 1 -
 * rate (Srivastava et al. 2014); in inference copies. The mask is a function of seed, path, {@link
 * Draw} and place, recomputed by backward and never stored. The dOutput of a pass may be its
 * output, its dInput may be its dOutput.
 */
public final class Dropout implements Layer {
  private final MatrixPool pool;
  private final String path;
  private final double rate;
  private final int size;
  private final long key;

  /**
   * A layer without parameters.
   *
   * @param pool lends outputs
   * @param path dotted path of the layer; each has masks of its own
   * @param seed the run's seed
   * @param rate probability of dropping an element, in [0, 1)
   * @param size columns of input and output
   */
  public Dropout(MatrixPool pool, String path, long seed, double rate, int size) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "dropout '%s': rate must lie in [0, 1), got %s".formatted(path, rate));
    }
    this.pool = pool;
    this.path = path;
    this.rate = rate;
    this.size = size;
    key = Philox.key(seed, "dropout/" + path);
  }

  @Override
  public int inputSize() {
    return size;
  }

  @Override
  public int outputSize() {
    return size;
  }

  /**
   * Runs forward for training.
   *
   * @throws IllegalArgumentException also when the draw has no number
   */
  @Override
  public Pass forward(Queue queue, Matrix input, Draw draw) {
    requireInput(input);
    if (draw.number() < 0) {
      throw new IllegalArgumentException(
          "dropout '%s' needs the number of the draw: forward(queue, input, Draw.of(n))"
              .formatted(path));
    }
    if (draw.rowIds() != null) {
      draw.rowIds().require("rowIds [2, rows]", 2, input.rows());
    }
    Matrix number = pool.leaseIntegers(1, 1);
    queue.fill(number, draw.number());
    Matrix output = pool.lease(input.rows(), size);
    queue.dropout(rate, key, number, draw.rowIds(), input, output);
    return new LeasedPass(queue, pool, input, output, number) {
      @Override
      void propagate(Matrix dOutput, @Nullable Matrix dInput) {
        if (dInput != null) {
          queue.dropout(rate, key, number, draw.rowIds(), dOutput, dInput);
        }
      }
    };
  }

  @Override
  public void infer(Queue queue, Matrix input, Matrix output) {
    requireInput(input);
    output.require("output of '" + path + "' [rows, outputSize]", input.rows(), size);
    queue.copy(input, output);
  }

  private void requireInput(Matrix input) {
    input.require("input of '" + path + "' [rows, inputSize]", input.rows(), size);
  }
}
