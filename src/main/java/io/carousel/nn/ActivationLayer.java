package io.carousel.nn;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * y = f(x), element by element. The dInput of a pass may be its dOutput; its dOutput must not be
 * its output, which backward reads.
 */
public final class ActivationLayer implements Layer {
  private final MatrixPool pool;
  private final Activation function;
  private final int size;
  private final String inputName;
  private final String outputName;

  /**
   * A layer without parameters.
   *
   * @param pool lends outputs
   * @param function f
   * @param size columns of x and y
   */
  public ActivationLayer(MatrixPool pool, Activation function, int size) {
    this.pool = pool;
    this.function = function;
    this.size = size;
    inputName = "input of " + function + " [rows, inputSize]"; // made once: inference runs here
    outputName = "output of " + function + " [rows, outputSize]";
  }

  @Override
  public int inputSize() {
    return size;
  }

  @Override
  public int outputSize() {
    return size;
  }

  @Override
  public Pass forward(Queue queue, Matrix input, Draw draw) {
    requireInput(input);
    Matrix output = pool.lease(input.rows(), size);
    queue.activationForward(function, input, output);
    return new LeasedPass(queue, pool, input, output) {
      @Override
      void propagate(Matrix dOutput, @Nullable Matrix dInput) {
        if (dInput != null) {
          queue.activationBackward(function, output, dOutput, dInput);
        }
      }
    };
  }

  /** Runs forward and keeps nothing; the output may be the input. */
  @Override
  public void infer(Queue queue, Matrix input, Matrix output) {
    requireInput(input);
    output.require(outputName, input.rows(), size);
    queue.activationForward(function, input, output);
  }

  private void requireInput(Matrix input) {
    input.require(inputName, input.rows(), size);
  }
}
