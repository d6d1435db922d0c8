package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.PackedShape;
import io.carousel.nn.Linear;
import io.carousel.rnn.RecurrentLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A layer with its weights, an input and the output that Keras gave, as keras-js publishes them.
 *
 * @param name such as {@code recurrent.LSTM.3}
 * @param attributes of the layer
 * @param json input, weights and expected output
 */
record KerasCase(String name, JsonNode attributes, JsonNode json) {
  String kind() {
    return name.split("\\.", -1)[1];
  }

  boolean flag(String attribute) {
    return attributes.path(attribute).asBoolean();
  }

  /** The weights under the names that Keras gives them. */
  void save(Path file) throws IOException {
    String[] names = {"kernel", "recurrent_kernel", "bias"};
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < json.get("weights").size(); i++) {
      JsonNode tensor = json.get("weights").get(i);
      writer.add("layer/cell/" + names[i], numbers(tensor.get("data")), shape(tensor));
    }
    writer.write(file);
  }

  RecurrentLayer.Builder<?, ?> load(SafetensorsFile tensors) throws IOException {
    Activation activation = activation(attributes.get("activation").asText());
    return switch (kind()) {
      case "SimpleRNN" -> KerasWeights.simpleRnn(tensors, "layer").activation(activation);
      case "LSTM" ->
          KerasWeights.lstm(tensors, "layer")
              .activation(activation)
              .gateActivation(gateActivation());
      case "GRU" ->
          KerasWeights.gru(tensors, "layer")
              .activation(activation)
              .gateActivation(gateActivation())
              .resetAfter(flag("reset_after"));
      default -> throw new AssertionError(name);
    };
  }

  private Activation gateActivation() {
    return activation(attributes.get("recurrent_activation").asText());
  }

  private static Activation activation(String name) {
    return switch (name) {
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      case "relu" -> Activation.RELU;
      case "linear" -> Activation.IDENTITY;
      case "hard_sigmoid" -> Activation.HARD_SIGMOID;
      default -> throw new AssertionError("activation " + name);
    };
  }

  SequenceBatch batch() {
    long[] shape = shape(json.get("input"));
    double[] values = numbers(json.get("input").get("data"));
    float[] features = new float[values.length];
    IntStream.range(0, values.length).forEach(i -> features[i] = (float) values[i]);
    SequenceBatch batch =
        SequenceBatch.ofFeatures(PackedShape.dense((int) shape[0], 1), (int) shape[1], features);
    return flag("go_backwards") ? batch.reversed() : batch;
  }

  double[] expected() {
    return numbers(json.get("expected").get("data"));
  }

  /** A head that gives back what it sees. */
  static Linear.Weights identity(int size) {
    double[] weight = new double[size * size];
    IntStream.range(0, size).forEach(i -> weight[i * size + i] = 1);
    return new Linear.Weights(size, size, weight, new double[size]);
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).asDouble());
    return numbers;
  }

  private static long[] shape(JsonNode tensor) {
    return Arrays.stream(numbers(tensor.get("shape"))).mapToLong(n -> (long) n).toArray();
  }
}
