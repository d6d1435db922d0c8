package io.carousel.task.language;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.data.text.TextUnit;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.io.Description;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.TensorFlowCharRnn;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A recurrent network that tells the next token of a text, with its vocabulary. Used by one thread
 * at a time.
 *
 * <pre>{@code
 * try (Device device = Devices.open("cpu");
 *     LanguageModel model = LanguageModel.load(Path.of("model.safetensors"), device)) {
 *   double nats = model.score("To be, or not to be").mean();
 *   String text = model.sample("ROMEO:\n", Sampling.of(200, 1).withTemperature(0.8));
 *   ...
 * }
 * }</pre>
 */
public final class LanguageModel implements AutoCloseable {
  private static final String TASK = "lm";

  /** Logits on the host at one time, in scoring. */
  private static final int LOGITS = 1 << 20;

  private static final int LONGEST_CHUNK = 512;

  private final SequenceModel model;
  private final TextUnit unit;
  private final Vocabulary vocabulary;

  /**
   * Takes over a model; it is closed with this object.
   *
   * @param model ids to logits of the next id at every step
   * @param unit what an id stands for
   * @param vocabulary the tokens by id
   */
  public LanguageModel(SequenceModel model, TextUnit unit, Vocabulary vocabulary) {
    SequenceModelSpec spec = model.spec();
    if (spec.vocabulary() != vocabulary.size()
        || spec.outputs() != vocabulary.size()
        || spec.readout() != Readout.EVERY_STEP
        || spec.recurrent().bidirectional()) {
      throw new IllegalArgumentException(
          "a language model of %d tokens takes as many ids, gives as many logits at every step, and does not look ahead; this one is %s"
              .formatted(vocabulary.size(), spec));
    }
    this.model = model;
    this.unit = unit;
    this.vocabulary = vocabulary;
  }

  /**
   * Loads a model.
   *
   * @param path a file that {@link #save} wrote, or a folder that {@link TensorFlowCharRnn} reads
   * @param device where it shall run
   * @throws ModelFormatException when it is something else
   * @throws IOException when it cannot be read
   */
  public static LanguageModel load(Path path, Device device) throws IOException {
    if (TensorFlowCharRnn.isIn(path)) {
      TensorFlowCharRnn.Loaded loaded = TensorFlowCharRnn.load(path, device);
      return new LanguageModel(loaded.model(), TextUnit.CHAR, loaded.characters());
    }
    if (Files.isDirectory(path)) {
      throw new ModelFormatException(
          path, "expected a model.safetensors, or a folder with the manifest.json of a char-RNN");
    }
    Card card =
        Description.read(path, "notes", SequenceModelFile.notes(path), LanguageModel::readCard);
    SequenceModel model = SequenceModelFile.load(path, device);
    try {
      return new LanguageModel(model, card.unit, card.vocabulary);
    } catch (IllegalArgumentException e) {
      model.close();
      throw new ModelFormatException(path, String.valueOf(e.getMessage()), e);
    }
  }

  private record Card(TextUnit unit, Vocabulary vocabulary) {}

  private static Card readCard(Description f) throws ModelFormatException {
    String task = f.text("task");
    if (!task.equals(TASK)) {
      throw new IllegalArgumentException(
          "the model was trained for '%s', not for '%s'".formatted(task, TASK));
    }
    f.json("provenance");
    String unit = f.text("unit");
    for (TextUnit known : TextUnit.values()) {
      if (name(known).equals(unit)) {
        return new Card(known, new Vocabulary(f.texts("tokens")));
      }
    }
    throw new IllegalArgumentException("unknown unit '" + unit + "'");
  }

  /**
   * Saves model and vocabulary.
   *
   * @param provenance where the model comes from, for people
   * @throws IOException when it cannot be written; an old file stays as it was
   */
  public void save(Path file, Map<String, String> provenance) throws IOException {
    ObjectNode notes = JsonNodeFactory.instance.objectNode();
    notes.put("task", TASK);
    notes.put("unit", name(unit));
    ArrayNode tokens = notes.putArray("tokens");
    vocabulary.tokens().forEach(tokens::add);
    ObjectNode facts = notes.putObject("provenance");
    provenance.forEach(facts::put);
    SequenceModelFile.save(model, notes, file);
  }

  private static String name(TextUnit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }

  /** The network. */
  public SequenceModel network() {
    return model;
  }

  /** What a token is. */
  public TextUnit unit() {
    return unit;
  }

  /** All tokens. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The ids of a text. A token that the vocabulary does not have is read as {@code <unk>}.
   *
   * @throws IllegalArgumentException when there is such a token and the vocabulary has no {@code
   *     <unk>} either
   */
  public int[] ids(String text) {
    return ids(vocabulary, unit, text);
  }

  static int[] ids(Vocabulary vocabulary, TextUnit unit, String text) {
    boolean anyToken = vocabulary.contains(Vocabulary.UNKNOWN);
    int[] ids = new int[1024];
    int count = 0;
    for (String token : unit.tokens(text)) {
      if (!anyToken && !vocabulary.contains(token)) {
        throw new IllegalArgumentException(
            "token %d of the text is '%s' (%s): the model knows %d others and has no <unk>"
                .formatted(
                    count + 1,
                    token,
                    String.format(Locale.ROOT, "U+%04X", token.codePointAt(0)),
                    vocabulary.size()));
      }
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count++] = vocabulary.id(token);
    }
    return Arrays.copyOf(ids, count);
  }

  /**
   * Reads a text from its first token to its last, from zero states, each token given all before
   * it.
   *
   * @param text of two tokens or more; unknown ones count as {@code <unk>}
   * @throws IllegalArgumentException when it is shorter, or see {@link #ids}
   */
  public TextScore score(String text) {
    int[] ids = ids(text);
    if (ids.length < 2) {
      throw new IllegalArgumentException("a text to score needs two tokens, got " + ids.length);
    }
    int chunk = Math.max(1, Math.min(LONGEST_CHUNK, LOGITS / vocabulary.size()));
    double[] nats = new double[ids.length - 1];
    try (RecurrentState state = model.newState(1)) {
      for (int from = 0; from < nats.length; from += chunk) {
        int to = Math.min(from + chunk, nats.length);
        float[] logits = model.predict(batch(Arrays.copyOfRange(ids, from, to)), state);
        for (int t = from; t < to; t++) {
          nats[t] = nats(logits, (t - from) * vocabulary.size(), ids[t + 1]);
        }
      }
    }
    return new TextScore(nats, unknown(ids));
  }

  private static SequenceBatch batch(int... ids) {
    return SequenceBatch.ofIds(PackedShape.dense(ids.length, 1), ids);
  }

  /** -ln of the softmax of one row at a label. */
  private double nats(float[] logits, int row, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary.size(); i++) {
      largest = Math.max(largest, logits[row + i]);
    }
    double sum = 0;
    for (int i = 0; i < vocabulary.size(); i++) {
      sum += Math.exp(logits[row + i] - largest);
    }
    return Math.log(sum) + largest - logits[row + label];
  }

  /** The first token is told by nothing, so it does not count. */
  private int unknown(int[] ids) {
    if (!vocabulary.contains(Vocabulary.UNKNOWN)) {
      return 0;
    }
    int unknown = vocabulary.id(Vocabulary.UNKNOWN);
    return (int) Arrays.stream(ids).skip(1).filter(id -> id == unknown).count();
  }

  /** Draws a text that goes on from a prompt; see {@link #sample(String, Sampling, Consumer)}. */
  public String sample(String prompt, Sampling how) {
    StringBuilder text = new StringBuilder();
    sample(prompt, how, text::append);
    return text.toString();
  }

  /**
   * Draws a text that goes on from a prompt, one token after the other; {@code <unk>} is never
   * drawn. Same model, prompt, settings and device: same text.
   *
   * @param prompt read from zero states; when empty, a line end is read in its place
   * @param how how much and how boldly
   * @param each receives what each token adds to the text, as soon as it is drawn
   * @throws IllegalArgumentException see {@link #ids}
   */
  public void sample(String prompt, Sampling how, Consumer<String> each) {
    int[] read = promptIds(prompt);
    int unknown = vocabulary.contains(Vocabulary.UNKNOWN) ? vocabulary.id(Vocabulary.UNKNOWN) : -1;
    RandomStream random = how.random();
    String before = prompt.isEmpty() ? null : vocabulary.token(read[read.length - 1]);
    try (RecurrentState state = model.newState(1)) {
      float[] steps = model.predict(batch(read), state);
      for (int drawn = 0; drawn < how.length(); drawn++) {
        double[] logits = lastRow(steps);
        if (unknown >= 0) {
          logits[unknown] = Double.NEGATIVE_INFINITY;
        }
        int id = how.draw(logits, random);
        String token = vocabulary.token(id);
        each.accept(unit.piece(before, token));
        before = token;
        steps = model.predict(batch(id), state);
      }
    }
  }

  private double[] lastRow(float[] steps) {
    double[] row = new double[vocabulary.size()];
    Arrays.setAll(row, i -> steps[steps.length - row.length + i]);
    return row;
  }

  /** Words that do not end their line are no whole line. */
  private int[] promptIds(String prompt) {
    if (prompt.isEmpty()) {
      return ids("\n");
    }
    List<String> tokens = new ArrayList<>();
    unit.tokens(prompt).forEach(tokens::add);
    if (unit == TextUnit.WORD && !prompt.endsWith("\n")) {
      tokens.remove(tokens.size() - 1);
    }
    if (tokens.isEmpty()) {
      return ids("\n");
    }
    int[] ids = ids(prompt);
    return Arrays.copyOf(ids, tokens.size());
  }

  /** Frees the network. */
  @Override
  public void close() {
    model.close();
  }
}
