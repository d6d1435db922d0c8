package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors, one per id, as {@code torch.nn.Embedding}. Parameter {@code path.weight} [V,
 * E] for V ids and E features. Ids come from the host, which checks them. Gradients of a repeated
 * id are added in a fixed order.
 */
public final class Embedding {
  /** For an embedding without padding id. */
  public static final int NO_PADDING = -1;

  private final MatrixPool pool;
  private final String path;
  private final Parameter weight;
  private final int paddingId;
  private int[] scratch = {};

  /**
   * A table of normal numbers of standard deviation 1, PyTorch's initial values, without padding
   * id.
   *
   * @param parameters receives the table
   * @param pool lends ids and outputs
   * @param path dotted path of the layer
   * @param ids V, number of ids
   * @param features E, columns of the output
   */
  public Embedding(ParameterSet parameters, MatrixPool pool, String path, int ids, int features) {
    this(parameters, pool, path, ids, features, Initializer.normal(1), NO_PADDING);
  }

  /**
   * A table of given initial values.
   *
   * @param parameters receives the table
   * @param pool lends ids and outputs
   * @param path dotted path of the layer
   * @param ids V, number of ids
   * @param features E, columns of the output
   * @param initializer of the table
   * @param paddingId the id whose row starts as zeros and never learns, or {@link #NO_PADDING}
   */
  public Embedding(
      ParameterSet parameters,
      MatrixPool pool,
      String path,
      int ids,
      int features,
      Initializer initializer,
      int paddingId) {
    if (paddingId < NO_PADDING || paddingId >= ids) {
      throw new IllegalArgumentException(
          "embedding '%s': padding id %d does not lie in 0..%d"
              .formatted(path, paddingId, ids - 1));
    }
    this.pool = pool;
    this.path = path;
    this.paddingId = paddingId;
    weight =
        parameters.add(
            path + ".weight",
            new int[] {ids, features},
            paddingId == NO_PADDING ? initializer : initializer.withZeroRow(paddingId));
  }

  /**
   * The weights of an embedding.
   *
   * @param ids V, number of ids
   * @param features E, columns of the output
   * @param table [V, E] row by row; not copied
   */
  public record Weights(int ids, int features, double[] table) {
    /** Checks the sizes. */
    public Weights {
      if (table.length != (long) ids * features) {
        throw new IllegalArgumentException(
            "an embedding of %d ids and %d features cannot have %d weights"
                .formatted(ids, features, table.length));
      }
    }
  }

  /**
   * The weights of a {@code torch.nn.Embedding} in a {@code state_dict}.
   *
   * @param tensors of the {@code state_dict}, such as an open safetensors file
   * @param prefix of the module, such as {@code encoder.embedding}
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Weights load(TensorSource tensors, String prefix) throws IOException {
    ModuleTensors module = new ModuleTensors(tensors, prefix);
    int[] size = module.matrixSize("weight");
    Map<String, double[]> values = module.read("embedding", Map.of("weight", size));
    return new Weights(size[0], size[1], Objects.requireNonNull(values.get("weight")));
  }

  /** The table [V, E]. */
  public Parameter weight() {
    return weight;
  }

  /** V, number of ids. */
  public int idCount() {
    return weight.rows();
  }

  /** E, columns of the output. */
  public int outputSize() {
    return weight.columns();
  }

  /**
   * Looks vectors up for training. The input has no gradient: the pass takes dInput null only. Its
   * dOutput may be its output.
   *
   * @param queue where the work goes
   * @param ids one per row, in 0..V-1
   * @return the pass with output [ids.length, E]
   * @throws IllegalArgumentException when an id is out of range, with its position
   */
  public Pass forward(Queue queue, int[] ids) {
    requireRange(ids);
    Matrix learning = pool.leaseIntegers(1, ids.length);
    Matrix output = pool.lease(ids.length, outputSize());
    lookUp(queue, ids, learning, output);
    if (paddingId != NO_PADDING) {
      queue.upload(withoutPadding(ids), 0, learning);
    }
    return new LeasedPass(queue, pool, null, output, learning) {
      @Override
      void propagate(Matrix dOutput, @Nullable Matrix dInput) {
        if (weight.requiresGradient()) {
          queue.scatterAddRows(dOutput, learning, weight.gradient());
        }
      }
    };
  }

  /**
   * Looks vectors up and keeps nothing.
   *
   * @param queue where the work goes
   * @param ids one per row, in 0..V-1
   * @param output [ids.length, E]; overwritten
   * @throws IllegalArgumentException when an id is out of range, with its position
   */
  public void infer(Queue queue, int[] ids, Matrix output) {
    requireRange(ids);
    output.require("output of '" + path + "' [ids, features]", ids.length, outputSize());
    Matrix onDevice = pool.leaseIntegers(1, ids.length);
    try {
      lookUp(queue, ids, onDevice, output);
    } finally {
      pool.release(onDevice);
    }
  }

  private void lookUp(Queue queue, int[] ids, Matrix onDevice, Matrix output) {
    queue.upload(ids, 0, onDevice);
    queue.gatherRows(weight.value(), onDevice, output);
  }

  private void requireRange(int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= idCount()) {
        throw new IllegalArgumentException(
            "embedding '%s': id %d at position %d does not lie in 0..%d"
                .formatted(path, ids[i], i, idCount() - 1));
      }
    }
  }

  /** The ids that learn; the device passes over negative ones. */
  private int[] withoutPadding(int[] ids) {
    if (scratch.length < ids.length) {
      scratch = new int[ids.length];
    }
    for (int i = 0; i < ids.length; i++) {
      scratch[i] = ids[i] == paddingId ? -1 : ids[i];
    }
    return scratch;
  }
}
