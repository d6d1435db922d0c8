package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b, as {@code torch.nn.Linear}. Parameters {@code path.weight} [outputSize, inputSize]
 * and {@code path.bias} [outputSize]. The dOutput of a pass may be its output.
 */
public final class Linear implements Layer {
  private final MatrixPool pool;
  private final String inputName;
  private final String outputName;
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

  /**
   * A layer with given weights.
   *
   * @param parameters receives the parameters
   * @param pool lends outputs
   * @param path dotted path of the layer
   * @param weights of a file, say
   */
  public Linear(ParameterSet parameters, MatrixPool pool, String path, Weights weights) {
    this(
        parameters,
        pool,
        path,
        weights.inputSize,
        weights.outputSize,
        Initializer.values(weights.weight),
        Initializer.values(weights.bias));
  }

  /**
   * The weights of a layer.
   *
   * @param outputSize columns of y
   * @param inputSize columns of x
   * @param weight [outputSize, inputSize] row by row; not copied
   * @param bias [outputSize]; not copied
   */
  public record Weights(int outputSize, int inputSize, double[] weight, double[] bias) {
    /** Checks the sizes. */
    public Weights {
      if (weight.length != (long) outputSize * inputSize || bias.length != outputSize) {
        throw new IllegalArgumentException(
            "a linear layer of %d inputs and %d outputs cannot have %d weights and %d biases"
                .formatted(inputSize, outputSize, weight.length, bias.length));
      }
    }
  }

  /**
   * The weights of a {@code torch.nn.Linear} in a {@code state_dict}; a layer without bias gets one
   * of zeros.
   *
   * @param tensors of the {@code state_dict}, such as an open safetensors file
   * @param prefix of the module, such as {@code classifier}
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Weights load(TensorSource tensors, String prefix) throws IOException {
    ModuleTensors module = new ModuleTensors(tensors, prefix);
    int[] size = module.matrixSize("weight");
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("weight", size);
    if (module.names().contains("bias")) {
      shapes.put("bias", new int[] {size[0]});
    }
    Map<String, double[]> values = module.read("linear layer", shapes);
    double[] bias = values.getOrDefault("bias", new double[size[0]]);
    return new Weights(size[0], size[1], Objects.requireNonNull(values.get("weight")), bias);
  }

  private Linear(MatrixPool pool, String path, Parameter weight, @Nullable Parameter bias) {
    this.pool = pool;
    inputName = "input of '" + path + "' [rows, inputSize]"; // made once: inference runs here
    outputName = "output of '" + path + "' [rows, outputSize]";
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
    output.require(outputName, input.rows(), outputSize());
    multiply(queue, input, output);
  }

  private void multiply(Queue queue, Matrix input, Matrix output) {
    queue.gemm(false, true, 1, input, weight.value(), 0, output);
    if (bias != null) {
      queue.addBias(output, bias.value());
    }
  }

  private void requireInput(Matrix input) {
    input.require(inputName, input.rows(), inputSize());
  }
}
