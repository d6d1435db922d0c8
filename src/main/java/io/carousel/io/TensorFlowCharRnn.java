package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.nn.Embedding;
import io.carousel.nn.Linear;
import io.carousel.nn.TensorSource;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a character language model of TensorFlow 1 as ml5.js publishes them: a folder with {@code
 * manifest.json}, {@code vocab.json} and one file of little-endian floats per tensor.
 *
 * <p>Its stack is a {@code MultiRNNCell} of {@code BasicLSTMCell}: kernels [input; h] × 4H with the
 * gates i, j, f, o side by side, one bias, and a forget bias of 1 that the cell adds to f when it
 * runs and that no file holds. Here it is added to the bias once: σ(f + b + 1) is the same.
 */
public final class TensorFlowCharRnn implements TensorSource {
  private static final String MANIFEST = "manifest.json";
  private static final String VOCABULARY = "vocab.json";
  private static final double FORGET_BIAS = 1;
  private static final long LARGEST_AXIS = 1 << 20;
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
    List<String> cells = new ArrayList<>();
    while (manifest.has(cell(cells.size()) + "/biases")) {
      cells.add(cell(cells.size()));
    }
    if (cells.isEmpty()) {
      throw refusal("there is no tensor '%s/biases'".formatted(cell(0)));
    }
    int ids = characters.size();
    Lstm.Builder stack =
        TensorFlowWeights.basicLstm(this, FORGET_BIAS, cells.toArray(String[]::new));
    int inputs = stack.spec().inputSize();
    int hidden = stack.spec().hiddenSize();
    requireShape("embedding", ids, inputs);
    requireShape("rnnlm/softmax_w", hidden, ids);
    requireShape("rnnlm/softmax_b", ids);
    double[] weight = new Kernel(readDoubles("rnnlm/softmax_w"), ids).transposed(0, hidden);
    SequenceModel model =
        SequenceModel.around(stack)
            .embedding(new Embedding.Weights(ids, inputs, readDoubles("embedding")))
            .head(new Linear.Weights(ids, hidden, weight, readDoubles("rnnlm/softmax_b")))
            .build(device, 0);
    return new Loaded(model, characters);
  }

  private static String cell(int layer) {
    return "rnnlm/multi_rnn_cell/cell_%d/basic_lstm_cell".formatted(layer);
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    manifest.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Override
  public long[] shape(String tensor) throws ModelFormatException {
    JsonNode shape = manifest.path(tensor).path("shape");
    long[] sizes = new long[shape.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.path(i).asLong();
    }
    if (sizes.length < 1
        || sizes.length > 2
        || Arrays.stream(sizes).anyMatch(n -> n < 1 || n > LARGEST_AXIS)) {
      throw refusal("tensor '%s' has no shape of positive sizes".formatted(tensor));
    }
    return sizes;
  }

  private void requireShape(String tensor, long... expected) throws ModelFormatException {
    long[] found = shape(tensor);
    if (!Arrays.equals(found, expected)) {
      throw refusal(
          "tensor '%s' has the shape %s, expected %s"
              .formatted(tensor, Arrays.toString(found), Arrays.toString(expected)));
    }
  }

  private Path file(String tensor) throws ModelFormatException {
    String name = manifest.path(tensor).path("filename").asText();
    if (!name.matches("[\\w.-]+") || name.startsWith(".")) {
      throw refusal("tensor '%s' has no plain file name".formatted(tensor));
    }
    return folder.resolve(name);
  }

  /** Before anything is allocated: the file is as long as its shape says. */
  @Override
  public double[] readDoubles(String tensor) throws IOException {
    Path file = file(tensor);
    long[] shape = shape(tensor);
    FileProblem.requireRegularFile(file);
    long bytes = Arrays.stream(shape).reduce(Float.BYTES, Math::multiplyExact);
    if (Files.size(file) != bytes) {
      throw new ModelFormatException(
          file,
          "%d bytes, but floats of the shape %s take %d"
              .formatted(Files.size(file), Arrays.toString(shape), bytes));
    }
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

  @Override
  public ModelFormatException refusal(String problem) {
    return new ModelFormatException(folder.resolve(MANIFEST), problem);
  }
}
