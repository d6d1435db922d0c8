package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b, as {@code torch.nn.Linear}. Parameters {@code path.weight} [outputSize, inputSize]
 * and {@code path.bias} [outputSize]. The dOutput of a pass may be its output.
 */
public final class Linear implements Layer {
  private final MatrixPool pool;
  private final String path;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * A layer with bias and PyTorch's initial values, uniform in ±1/√inputSize.
   *
   * @param parameters receives the parameters
   * @param pool lends outputs
   * @param path dotted path of the layer
   * @param inputSize columns of x
   * @param outputSize columns of y
   */
  public Linear(
      ParameterSet parameters, MatrixPool pool, String path, int inputSize, int outputSize) {
    this(
        parameters,
        pool,
        path,
        inputSize,
        outputSize,
        Initializer.uniformFan(inputSize),
        Initializer.uniformFan(inputSize));
  }

  /**
   * A layer with given initial values.
   *
   * @param parameters receives the parameters
   * @param pool lends outputs
   * @param path dotted path of the layer
   * @param inputSize columns of x
   * @param outputSize columns of y
   * @param weightInitializer of W
   * @param biasInitializer of b, null for a layer without bias
   */
  public Linear(
      ParameterSet parameters,
      MatrixPool pool,
      String path,
      int inputSize,
      int outputSize,
      Initializer weightInitializer,
      @Nullable Initializer biasInitializer) {
    this(
        pool,
        path,
        parameters.add(path + ".weight", new int[] {outputSize, inputSize}, weightInitializer),
        biasInitializer == null
            ? null
            : parameters.add(path + ".bias", new int[] {outputSize}, biasInitializer));
  }

  private Linear(MatrixPool pool, String path, Parameter weight, @Nullable Parameter bias) {
    this.pool = pool;
    this.path = path;
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * A layer whose weight is another module's, such as the embedding's table in a language model;
   * its name {@code path.weight} becomes an alias.
   *
   * @param parameters of both
   * @param pool lends outputs
   * @param path dotted path of the layer
   * @param weight [outputSize, inputSize]
   * @param biasInitializer of b, null for a layer without bias
   */
  public static Linear tied(
      ParameterSet parameters,
      MatrixPool pool,
      String path,
      Parameter weight,
      @Nullable Initializer biasInitializer) {
    parameters.tie(path + ".weight", weight);
    Parameter bias =
        biasInitializer == null
            ? null
            : parameters.add(path + ".bias", new int[] {weight.rows()}, biasInitializer);
    return new Linear(pool, path, weight, bias);
  }

  /** W [outputSize, inputSize]. */
  public Parameter weight() {
    return weight;
  }

  /** b [outputSize], or null. */
  public @Nullable Parameter bias() {
    return bias;
  }

  @Override
  public int inputSize() {
    return weight.columns();
  }

  @Override
  public int outputSize() {
    return weight.rows();
  }

  @Override
  public Pass forward(Queue queue, Matrix input, Draw draw) {
    requireInput(input);
    Matrix output = pool.lease(input.rows(), outputSize());
    multiply(queue, input, output);
    return new LeasedPass(queue, pool, input, output) {
      @Override
      void propagate(Matrix dOutput, @Nullable Matrix dInput) {
        if (weight.requiresGradient()) {
          queue.gemm(true, false, 1, dOutput, input, 1, weight.gradient());
        }
        if (bias != null && bias.requiresGradient()) {
          queue.sumRows(dOutput, 1, bias.gradient());
        }
        if (dInput != null) {
          queue.gemm(false, false, 1, dOutput, weight.value(), 0, dInput);
        }
      }
    };
  }

  @Override
  public void infer(Queue queue, Matrix input, Matrix output) {
    requireInput(input);
    output.require("output of '" + path + "' [rows, outputSize]", input.rows(), outputSize());
    multiply(queue, input, output);
  }

  private void multiply(Queue queue, Matrix input, Matrix output) {
    queue.gemm(false, true, 1, input, weight.value(), 0, output);
    if (bias != null) {
      queue.addBias(output, bias.value());
    }
  }

  private void requireInput(Matrix input) {
    input.require("input of '" + path + "' [rows, inputSize]", input.rows(), inputSize());
  }
}
