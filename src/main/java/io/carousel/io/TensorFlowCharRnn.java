package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.device.GateLayout;
import io.carousel.nn.Parameter;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Reads a character language model of TensorFlow 1 as ml5.js publishes them: a folder with {@code
 * manifest.json}, {@code vocab.json} and one file of little-endian floats per tensor.
 *
 * <p>Its stack is a {@code MultiRNNCell} of {@code BasicLSTMCell}: kernels [input; h] × 4H with the
 * gates i, j, f, o side by side, one bias, and a forget bias of 1 that the cell adds to f when it
 * runs and that no file holds. Here it is added to the bias once: σ(f + b + 1) is the same.
 */
public final class TensorFlowCharRnn {
  private static final String MANIFEST = "manifest.json";
  private static final String VOCABULARY = "vocab.json";
  private static final double FORGET_BIAS = 1;
  private static final long LARGEST_JSON = 16_000_000;

  private final Path folder;
  private final ObjectNode manifest;

  private TensorFlowCharRnn(Path folder) throws IOException {
    this.folder = folder;
    manifest = json(folder.resolve(MANIFEST));
  }

  /**
   * A model with its characters.
   *
   * @param model ids to logits of the next id, at every step; the caller closes it
   * @param characters by id
   */
  public record Loaded(SequenceModel model, Vocabulary characters) {}

  /** Whether a folder looks like such a model. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(MANIFEST));
  }

  /**
   * Loads a model.
   *
   * @param folder of the files
   * @param device where it shall run
   * @throws ModelFormatException when a file does not hold what it should
   * @throws IOException when a file is missing or cannot be read
   */
  public static Loaded load(Path folder, Device device) throws IOException {
    return new TensorFlowCharRnn(folder).load(device);
  }

  private Loaded load(Device device) throws IOException {
    Vocabulary characters = vocabulary(folder.resolve(VOCABULARY));
    int[] table = shape("embedding", 2);
    int layers = 0;
    while (manifest.has(cell(layers) + "biases")) {
      layers++;
    }
    if (layers == 0) {
      throw wrong("there is no tensor '%sbiases'".formatted(cell(0)));
    }
    int hidden = shape(cell(0) + "biases", 1)[0] / Lstm.builder(1, 1).spec().cell().gates();
    if (table[0] != characters.size() || hidden == 0) {
      throw wrong(
          "%d vectors for the %d characters of %s, %d units"
              .formatted(table[0], characters.size(), VOCABULARY, hidden));
    }
    requireFiles(characters.size(), table[1], hidden, layers);
    SequenceModel model =
        SequenceModel.around(Lstm.builder(table[1], hidden).layers(layers))
            .embedding(characters.size())
            .head(characters.size())
            .build(device, 0);
    boolean loaded = false;
    try {
      upload(model, "embedding.weight", read("embedding"));
      for (int layer = 0; layer < layers; layer++) {
        uploadCell(model, layer, layer == 0 ? table[1] : hidden, hidden);
      }
      upload(
          model, "out.weight", transposed(read("rnnlm/softmax_w"), 0, hidden, characters.size()));
      upload(model, "out.bias", read("rnnlm/softmax_b"));
      loaded = true;
      return new Loaded(model, characters);
    } finally {
      if (!loaded) {
        model.close();
      }
    }
  }

  /** Before anything is allocated: all shapes are what the model needs. */
  private void requireFiles(int ids, int features, int hidden, int layers) throws IOException {
    requireShape("embedding", ids, features);
    for (int layer = 0; layer < layers; layer++) {
      int inputs = layer == 0 ? features : hidden;
      requireShape(cell(layer) + "weights", inputs + hidden, 4 * hidden);
      requireShape(cell(layer) + "biases", 4 * hidden);
    }
    requireShape("rnnlm/softmax_w", hidden, ids);
    requireShape("rnnlm/softmax_b", ids);
  }

  private static String cell(int layer) {
    return "rnnlm/multi_rnn_cell/cell_%d/basic_lstm_cell/".formatted(layer);
  }

  private void uploadCell(SequenceModel model, int layer, int inputs, int hidden)
      throws IOException {
    GateLayout gates = GateLayout.TENSORFLOW_LSTM;
    double[] kernel = read(cell(layer) + "weights");
    String suffix = "_l" + layer;
    upload(
        model, "rnn.weight_ih" + suffix, gates.toOurs(transposed(kernel, 0, inputs, 4 * hidden)));
    upload(
        model,
        "rnn.weight_hh" + suffix,
        gates.toOurs(transposed(kernel, inputs, hidden, 4 * hidden)));
    double[] bias = gates.toOurs(read(cell(layer) + "biases"));
    for (int unit = hidden; unit < 2 * hidden; unit++) {
      bias[unit] += FORGET_BIAS; // block 1 of i, f, g, o
    }
    upload(model, "rnn.bias_ih" + suffix, bias);
    upload(model, "rnn.bias_hh" + suffix, new double[4 * hidden]);
  }

  /** [columns, rows] of the rows from {@code first} on of a matrix with that many columns. */
  private static double[] transposed(double[] matrix, int first, int rows, int columns) {
    double[] result = new double[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * rows + r] = matrix[(first + r) * columns + c];
      }
    }
    return result;
  }

  private static void upload(SequenceModel model, String name, double[] values) {
    Parameter parameter = model.parameters().get(name);
    parameter.upload(model.queue(), values);
  }

  private int[] shape(String tensor, int axes) throws ModelFormatException {
    JsonNode shape = manifest.path(tensor).path("shape");
    int[] sizes = new int[shape.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.path(i).asInt();
    }
    if (sizes.length != axes || Arrays.stream(sizes).anyMatch(size -> size < 1)) {
      throw wrong("tensor '%s' has no shape of %d positive sizes".formatted(tensor, axes));
    }
    return sizes;
  }

  private void requireShape(String tensor, int... expected) throws IOException {
    int[] found = shape(tensor, expected.length);
    if (!Arrays.equals(found, expected)) {
      throw wrong(
          "tensor '%s' has the shape %s, expected %s"
              .formatted(tensor, Arrays.toString(found), Arrays.toString(expected)));
    }
    long bytes = Arrays.stream(expected).asLongStream().reduce(Float.BYTES, Math::multiplyExact);
    Path file = file(tensor);
    FileProblem.requireRegularFile(file);
    if (Files.size(file) != bytes) {
      throw new ModelFormatException(
          file,
          "%d bytes, but floats of the shape %s take %d"
              .formatted(Files.size(file), Arrays.toString(expected), bytes));
    }
  }

  private Path file(String tensor) throws ModelFormatException {
    String name = manifest.path(tensor).path("filename").asText();
    if (!name.matches("[\\w.-]+") || name.startsWith(".")) {
      throw wrong("tensor '%s' has no plain file name".formatted(tensor));
    }
    return folder.resolve(name);
  }

  private double[] read(String tensor) throws IOException {
    Path file = file(tensor);
    FloatBuffer floats =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    double[] values = new double[floats.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats.get(i);
      if (!Double.isFinite(values[i])) {
        throw new ModelFormatException(file, "number %d is %s".formatted(i, values[i]));
      }
    }
    return values;
  }

  private static Vocabulary vocabulary(Path file) throws IOException {
    ObjectNode ids = json(file);
    String[] characters = new String[ids.size()];
    for (Map.Entry<String, JsonNode> entry : ids.properties()) {
      int id = entry.getValue().asInt(-1);
      if (id < 0 || id >= characters.length || characters[id] != null) {
        throw new ModelFormatException(
            file, "the ids of %d characters are not 0 to %d".formatted(ids.size(), ids.size() - 1));
      }
      characters[id] = entry.getKey();
    }
    return new Vocabulary(Arrays.asList(characters));
  }

  private static ObjectNode json(Path file) throws IOException {
    FileProblem.requireRegularFile(file);
    if (Files.size(file) > LARGEST_JSON) {
      throw new ModelFormatException(file, "too large for the JSON of a model");
    }
    return StrictJson.parse(file, "its text", Files.readString(file));
  }

  private ModelFormatException wrong(String problem) {
    return new ModelFormatException(folder.resolve(MANIFEST), problem);
  }
}
