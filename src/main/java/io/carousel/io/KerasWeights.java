package io.carousel.io;

import io.carousel.device.GateLayout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Linear;
import io.carousel.nn.ModuleTensors;
import io.carousel.nn.TensorSource;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Rnn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reads layers of Keras from their weights in a safetensors file, under the names that Keras 2
 * ({@code lstm/lstm_cell/kernel:0}) or Keras 3 ({@code sequential/lstm/lstm_cell/kernel}) gives
 * them. A layer is named by what stands before the cell: {@code lstm}, {@code sequential/lstm}, or
 * a {@code Bidirectional} wrapper's {@code bidirectional}, whose directions are concatenated.
 *
 * <p>Several layers make one stack, the first one's outputs being the next one's inputs. Weights do
 * not tell functions: Keras 1 and 2 had a hard sigmoid as recurrent activation before TensorFlow 2.
 * Of a layer that goes backwards the weights are the same: feed it {@code batch.reversed()}.
 */
public final class KerasWeights {
  static final String KERNEL = "kernel";
  static final String RECURRENT = "recurrent_kernel";
  static final String BIAS = "bias";

  private KerasWeights() {}

  /**
   * A stack of {@code LSTM} layers with their weights.
   *
   * @param tensors of the model
   * @param layers from the input on, all of the same size
   * @return the stack, to be built, with tanh and sigmoid unless something else is set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Lstm.Builder lstm(TensorSource tensors, String... layers) throws IOException {
    KerasStack stack = KerasStack.read(tensors, GateLayout.KERAS_LSTM, layers);
    return stack.give(Lstm.builder(stack.inputSize(), stack.units()));
  }

  /**
   * A stack of {@code GRU} layers with their weights. Whether the reset gate acts before or after
   * the product follows from the biases, of which {@code reset_after} has two; without biases it is
   * after, Keras's default, unless something else is set.
   *
   * @param tensors of the model
   * @param layers from the input on, all of the same size
   * @return the stack, to be built, with tanh and sigmoid unless something else is set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Gru.Builder gru(TensorSource tensors, String... layers) throws IOException {
    KerasStack stack = KerasStack.read(tensors, GateLayout.KERAS_GRU, layers);
    boolean before = stack.biases() == 1;
    return stack.give(Gru.builder(stack.inputSize(), stack.units())).resetAfter(!before);
  }

  /**
   * A stack of {@code SimpleRNN} layers with their weights.
   *
   * @param tensors of the model
   * @param layers from the input on, all of the same size
   * @return the stack, to be built, with tanh unless something else is set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Rnn.Builder simpleRnn(TensorSource tensors, String... layers) throws IOException {
    KerasStack stack = KerasStack.read(tensors, GateLayout.RNN, layers);
    return stack.give(Rnn.builder(stack.inputSize(), stack.units()));
  }

  /**
   * The weights of a {@code Dense} layer; a layer without bias gets one of zeros.
   *
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Linear.Weights dense(TensorSource tensors, String layer) throws IOException {
    ModuleTensors module = module(tensors, layer);
    int[] size = module.matrixSize(KERNEL);
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put(KERNEL, size);
    if (module.names().contains(BIAS)) {
      shapes.put(BIAS, new int[] {size[1]});
    }
    Map<String, double[]> values = module.read("Dense", shapes);
    Kernel kernel = new Kernel(Objects.requireNonNull(values.get(KERNEL)), size[1]);
    double[] bias = values.getOrDefault(BIAS, new double[size[1]]);
    return new Linear.Weights(size[1], size[0], kernel.transposed(0, size[0]), bias);
  }

  /**
   * The weights of an {@code Embedding} layer.
   *
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Embedding.Weights embedding(TensorSource tensors, String layer) throws IOException {
    ModuleTensors module = module(tensors, layer);
    int[] size = module.matrixSize("embeddings");
    Map<String, double[]> values = module.read("Embedding", Map.of("embeddings", size));
    return new Embedding.Weights(
        size[0], size[1], Objects.requireNonNull(values.get("embeddings")));
  }

  /** The tensors of a layer, by plain names: {@code kernel}, {@code backward/kernel}. */
  static ModuleTensors module(TensorSource tensors, String layer) {
    return new ModuleTensors(tensors, layer, "/", KerasWeights::plain);
  }

  /**
   * {@code forward_lstm/lstm_cell/kernel:0} is the forward/kernel of its layer, {@code
   * lstm_cell/kernel} the kernel; other names stay.
   */
  private static String plain(String name) {
    String[] parts = name.replaceFirst(":0$", "").split("/", -1);
    boolean directed = parts[0].matches("(forward|backward)_.*");
    String direction = directed ? parts[0].substring(0, parts[0].indexOf('_')) + "/" : "";
    int own = parts.length - (directed ? 1 : 0); // a cell and its weight, or the weight alone
    return own == 1 || own == 2 ? direction + parts[parts.length - 1] : name;
  }
}
