package io.carousel.task.sentiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.LabelledTokens;
import io.carousel.data.text.ReviewTokenizer;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.io.Description;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A trained model with all that it needs to read a text: tokenisation, vocabulary, classes. Used by
 * one thread at a time.
 *
 * <pre>{@code
 * try (Device device = Devices.open("auto");
 *     SentimentModel model = SentimentModel.load(Path.of("model.safetensors"), device)) {
 *   double[] p = model.probabilities("A gorgeous, witty film.");
 *   System.out.println(model.classes().names().get(1) + " " + p[1]);
 * }
 * }</pre>
 */
public final class SentimentModel implements AutoCloseable {
  private static final String TASK = "sentiment";

  /** Texts per batch: their gates are to stay within some tens of megabytes. */
  private static final int TEXTS = 128;

  private final SequenceModel model;
  private final SentimentClasses classes;
  private final Vocabulary vocabulary;

  /** Takes over a model; it is closed with this one. */
  SentimentModel(SequenceModel model, SentimentClasses classes, Vocabulary vocabulary) {
    if (model.spec().outputs() != classes.count()
        || model.spec().vocabulary() != vocabulary.size()
        || model.spec().readout().perStep()) {
      throw new IllegalArgumentException(
          "a model of %d words with %d outputs does not fit %d words and %d classes"
              .formatted(
                  model.spec().vocabulary(),
                  model.spec().outputs(),
                  vocabulary.size(),
                  classes.count()));
    }
    this.model = model;
    this.classes = classes;
    this.vocabulary = vocabulary;
  }

  private record Card(SentimentClasses classes, Vocabulary vocabulary) {}

  /**
   * Loads a model that {@code carousel train sentiment} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static SentimentModel load(Path file, Device device) throws IOException {
    Card card =
        Description.read(file, "notes", SequenceModelFile.notes(file), SentimentModel::readCard);
    SequenceModel model = SequenceModelFile.load(file, device);
    try {
      return new SentimentModel(model, card.classes, card.vocabulary);
    } catch (IllegalArgumentException e) {
      model.close();
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static Card readCard(Description f) throws ModelFormatException {
    String task = f.text("task");
    if (!task.equals(TASK)) {
      throw new IllegalArgumentException(
          "the model was trained for '%s', not for '%s'".formatted(task, TASK));
    }
    f.json("provenance");
    return new Card(
        SentimentClasses.of(f.integer("classes")), new Vocabulary(f.texts("vocabulary")));
  }

  /** Saves the model with all that it needs. */
  void save(Path file, Map<String, String> provenance) throws IOException {
    ObjectNode notes = JsonNodeFactory.instance.objectNode();
    notes.put("task", TASK);
    notes.put("classes", classes.count());
    ArrayNode words = notes.putArray("vocabulary");
    vocabulary.tokens().forEach(words::add);
    ObjectNode facts = notes.putObject("provenance");
    provenance.forEach(facts::put);
    SequenceModelFile.save(model, notes, file);
  }

  /** What the model tells apart. */
  public SentimentClasses classes() {
    return classes;
  }

  /** The words that it knows. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The network. */
  public SequenceModel model() {
    return model;
  }

  /**
   * How likely a text is of each class.
   *
   * @param text as people write it, or cut into words already; without any word the model says what
   *     it says before the first one
   * @return one number per class, from negative to positive; they add up to 1
   */
  public double[] probabilities(String text) {
    return probabilities(List.of(text)).get(0);
  }

  /** The same for several texts, in their order. */
  public List<double[]> probabilities(List<String> texts) {
    return ofIds(texts.stream().map(t -> vocabulary.ids(ReviewTokenizer.words(t))).toList());
  }

  /**
   * How the judgement grows word by word.
   *
   * @param words of the text
   * @param probabilities [words + 1] one per class: before the first word, after each word as if
   *     the text ended there
   */
  public record Trace(List<String> words, List<double[]> probabilities) {}

  /** Reads a text word by word: each beginning of it is judged as a text of its own. */
  public Trace trace(String text) {
    List<String> words = ReviewTokenizer.words(text);
    int[] ids = vocabulary.ids(words);
    List<int[]> beginnings = new ArrayList<>();
    for (int length = 0; length <= ids.length; length++) {
      beginnings.add(Arrays.copyOf(ids, length));
    }
    return new Trace(words, ofIds(beginnings));
  }

  private List<double[]> ofIds(List<int[]> sequences) {
    List<double[]> all = new ArrayList<>();
    for (int from = 0; from < sequences.size(); from += TEXTS) {
      List<int[]> part = sequences.subList(from, Math.min(from + TEXTS, sequences.size()));
      float[] logits = model.predict(LabelledTokens.batch(part));
      for (int n = 0; n < part.size(); n++) {
        all.add(softmax(logits, n * classes.count(), classes.count()));
      }
    }
    return all;
  }

  private static double[] softmax(float[] logits, int from, int count) {
    double[] p = new double[count];
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      largest = Math.max(largest, logits[from + c]);
    }
    double sum = 0;
    for (int c = 0; c < count; c++) {
      p[c] = Math.exp(logits[from + c] - largest);
      sum += p[c];
    }
    for (int c = 0; c < count; c++) {
      p[c] /= sum;
    }
    return p;
  }

  @Override
  public void close() {
    model.close();
  }
}
