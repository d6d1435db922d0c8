package io.carousel.task.translation;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequencePairs;
import io.carousel.data.text.SentencePairs;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ProbedModel;
import io.carousel.rnn.EncodedSource;
import io.carousel.rnn.EncoderDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A trained model with its vocabularies: translates text. Used by one thread at a time.
 *
 * <pre>{@code
 * try (Device device = Devices.open("cpu");
 *     Translator translator = Translator.load(file, device)) {
 *   String english = translator.translate("ein mann steht im garten .");
 *   ...
 * }
 * }</pre>
 */
public final class Translator implements ProbedModel {
  /** Sentences that are translated beside each other. */
  private static final int BATCH = 32;

  private final EncoderDecoder model;
  private final TranslationText text;

  /** Takes over a model; it is closed with the translator. */
  Translator(EncoderDecoder model, TranslationText text) {
    this.model = model;
    this.text = text;
  }

  /**
   * Loads a model that {@code carousel train translate} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static Translator load(Path file, Device device) throws IOException {
    return TranslatorFile.load(file, device);
  }

  /** Saves model and vocabularies. */
  void save(Path file, Map<String, String> provenance) throws IOException {
    TranslatorFile.save(this, provenance, file);
  }

  /** The scores of every word after a target that reads like its source, [N, words]. */
  @Override
  public float[] answer(SequenceBatch inputs) {
    PackedShape shape = inputs.shape();
    int words = model.spec().targetVocabulary();
    try (EncodedSource source = model.encode(inputs)) {
      Matrix logits = model.decode(source, source.start(), inputs);
      try {
        float[] steps = new float[Math.toIntExact(logits.size())];
        model.queue().download(logits, steps, 0);
        float[] last = new float[shape.batchSize() * words];
        for (int row = 0; row < shape.batchSize(); row++) {
          int step = shape.packedRow(shape.length(row) - 1, row);
          System.arraycopy(steps, step * words, last, row * words, words);
        }
        return last;
      } finally {
        model.pool().release(logits);
      }
    }
  }

  /** The model. */
  public EncoderDecoder model() {
    return model;
  }

  /** How text becomes ids. */
  public TranslationText text() {
    return text;
  }

  /** The best translation of a text, by {@link Beam#STANDARD}. */
  public String translate(String sentence) {
    return translate(List.of(sentence), Beam.STANDARD).get(0);
  }

  /** The best translation of each text. */
  public List<String> translate(List<String> sentences, Beam beam) {
    return search(sentences, beam).stream().map(found -> text(found.get(0))).toList();
  }

  /** The text of a hypothesis. */
  public String text(Hypothesis hypothesis) {
    return text.targetUnit().text(text.targetTokens(hypothesis.ids()));
  }

  /** All hypotheses of each text that the search ended with, best first. */
  public List<List<Hypothesis>> search(List<String> sentences, Beam beam) {
    BeamSearch search =
        new BeamSearch(
            model,
            beam,
            TranslationText.START,
            TranslationText.END,
            TranslationText.UNKNOWN,
            TranslationText.START);
    List<int[]> sources = sentences.stream().map(text::sourceIds).toList();
    // sentences of one length end at about the same step
    int[] order =
        IntStream.range(0, sources.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> sources.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<List<Hypothesis>> found = new ArrayList<>(Collections.nCopies(order.length, List.of()));
    for (int from = 0; from < order.length; from += BATCH) {
      int[] batch =
          IntStream.range(from, Math.min(from + BATCH, order.length)).map(i -> order[i]).toArray();
      List<int[]> ids = IntStream.of(batch).mapToObj(sources::get).toList();
      int[] maximum = ids.stream().mapToInt(s -> 2 * s.length + 10).toArray();
      List<List<Hypothesis>> results = search.search(SequencePairs.ids(ids), maximum);
      for (int i = 0; i < batch.length; i++) {
        found.set(batch[i], results.get(i));
      }
    }
    return found;
  }

  /**
   * Where the decoder looks while it says a translation.
   *
   * @param source that is translated
   * @param translation as {@link #search} found it
   * @return null for a model without attention
   */
  public @Nullable Alignment align(String source, Hypothesis translation) {
    if (model.spec().attention() == null) {
      return null;
    }
    int[] ids = text.sourceIds(source);
    SequencePairs pair =
        new SequencePairs(
            List.of(ids), List.of(translation.ids()), TranslationText.START, TranslationText.END);
    List<String> said = new ArrayList<>(text.targetTokens(translation.ids()));
    said.add(text.targets().token(TranslationText.END));
    return new Alignment(text.readTokens(source), said, model.align(pair.batch(0)));
  }

  /**
   * Where the decoder looked.
   *
   * @param source tokens as the encoder read them, the end included
   * @param target tokens as the decoder said them, the end included
   * @param weights [target][source], each row of sum 1
   */
  public record Alignment(List<String> source, List<String> target, double[][] weights) {}

  /** The ids of sentences and translations, to learn from or to judge by. */
  SequencePairs pairs(SentencePairs sentences) {
    return pairs(text, sentences);
  }

  static SequencePairs pairs(TranslationText text, SentencePairs sentences) {
    return new SequencePairs(
        sentences.source().stream().map(text::sourceIds).toList(),
        sentences.target().stream().map(text::targetIds).toList(),
        TranslationText.START,
        TranslationText.END);
  }

  @Override
  public void close() {
    model.close();
  }
}
