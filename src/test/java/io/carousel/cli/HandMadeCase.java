package io.carousel.cli;

import io.carousel.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reference case that can be checked by eye: a tanh RNN of zeros, so that all outputs and almost
 * all gradients are zero, T=2, B=3, I=2, H=1. With all weights of the loss 1, each of the 3
 * sequences gives the biases 1 at the first step, 2 at the last.
 */
final class HandMadeCase {
  final Map<String, double[]> values = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  HandMadeCase() {
    zeros("input", 2, 3, 2).zeros("h0", 1, 3, 1);
    zeros("weight_ih_l0", 1, 2).zeros("weight_hh_l0", 1, 1);
    zeros("bias_ih_l0", 1).zeros("bias_hh_l0", 1);
    zeros("output", 2, 3, 1).zeros("hn", 1, 3, 1).zeros("loss", 1);
    zeros("loss_w_output", 2, 3, 1).zeros("loss_w_hn", 1, 3, 1);
    zeros("grad.input", 2, 3, 2).zeros("grad.h0", 1, 3, 1);
    zeros("grad.weight_ih_l0", 1, 2).zeros("grad.weight_hh_l0", 1, 1);
    zeros("grad.bias_ih_l0", 1).zeros("grad.bias_hh_l0", 1);
    Arrays.fill(values.get("loss_w_output"), 1);
    Arrays.fill(values.get("loss_w_hn"), 1);
    values.get("grad.bias_ih_l0")[0] = 9;
    values.get("grad.bias_hh_l0")[0] = 9;
  }

  private HandMadeCase zeros(String name, long... shape) {
    shapes.put(name, shape);
    values.put(name, new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)]);
    return this;
  }

  HandMadeCase reshape(String name, long... shape) {
    shapes.put(name, shape);
    return this;
  }

  Path write(Path file) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("cell", "rnn_tanh");
    metadata.put("num_layers", "1");
    metadata.put("bidirectional", "false");
    metadata.put("bias", "true");
    metadata.put("proj_size", "0");
    metadata.put("T", "2");
    metadata.put("B", "3");
    metadata.put("input_size", "2");
    metadata.put("hidden_size", "1");
    metadata.put("packed", "false");
    metadata.put("source", "made by hand");
    metadata.forEach(writer::metadata);
    values.forEach((name, array) -> writer.add(name, array, shapes.get(name)));
    writer.write(file);
    return file;
  }
}
