package io.carousel.task.translation;

import io.carousel.data.SequencePairBatch;
import io.carousel.data.text.SentencePairs;
import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.train.EncoderDecoderObjective;
import io.carousel.train.PairBatches;
import io.carousel.train.metrics.Bleu;
import io.carousel.train.metrics.BleuTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well a translator does on sentences that it has not seen.
 *
 * @param bleu corpus BLEU; see {@link Bleu}
 * @param tokenizer by which BLEU was counted
 * @param perplexity exp of the mean cross-entropy of a token of the references given those before,
 *     the end included; a word that the vocabulary lacks counts as the unknown one
 * @param exactMatch share of translations that equal their reference
 * @param beam of the search
 * @param pairs sources and references
 * @param translations one per source
 * @param seconds that translating took
 */
public record TranslationEvaluation(
    Bleu.Score bleu,
    BleuTokenizer tokenizer,
    double perplexity,
    double exactMatch,
    Beam beam,
    SentencePairs pairs,
    List<String> translations,
    double seconds) {
  private static final int BATCH = 64;

  /** Whether the references have fewer than four tokens on average, so that BLEU says little. */
  public boolean isTooShortForBleu() {
    return bleu.referenceLength() < 4L * pairs.size();
  }

  /**
   * Judges a translator by the test sentences of a folder; see {@link TranslationData#read}.
   *
   * @param tokenizer of BLEU; null for none where the texts are tokenised, else 13a
   * @throws IOException when a file is missing or broken
   */
  public static TranslationEvaluation of(
      Translator translator, Path folder, Beam beam, @Nullable BleuTokenizer tokenizer)
      throws IOException {
    SentencePairs test = TranslationData.readTest(folder, translator.text());
    BleuTokenizer counted =
        tokenizer == null
            ? TranslationData.bleuTokenizer(translator.text().targetUnit())
            : tokenizer;
    return of(translator, test, beam, counted);
  }

  /** Judges a translator by given sentences. */
  public static TranslationEvaluation of(
      Translator translator, SentencePairs pairs, Beam beam, BleuTokenizer tokenizer) {
    long start = System.nanoTime();
    List<String> translations = translator.translate(pairs.source(), beam);
    double seconds = (System.nanoTime() - start) * 1e-9;
    Bleu bleu = new Bleu(tokenizer, translator.text().lowerCase());
    TextUnit unit = translator.text().targetUnit();
    int equal = 0;
    for (int i = 0; i < pairs.size(); i++) {
      String reference = pairs.target().get(i);
      bleu.add(translations.get(i), List.of(reference));
      if (translations.get(i).equals(unit.text(unit.tokens(reference)))) {
        equal++;
      }
    }
    return new TranslationEvaluation(
        bleu.score(),
        tokenizer,
        Math.exp(crossEntropy(translator, pairs)),
        equal / (double) pairs.size(),
        beam,
        pairs,
        translations,
        seconds);
  }

  /** Nats per token. */
  private static double crossEntropy(Translator translator, SentencePairs pairs) {
    PairBatches batches = PairBatches.fixed(translator.pairs(pairs), BATCH);
    double sum = 0;
    double count = 0;
    try (EncoderDecoderObjective objective = new EncoderDecoderObjective(translator.model(), 0);
        BufferScope scope = new BufferScope(objective.queue().device(), "evaluation")) {
      Matrix loss = scope.reals("loss", 1, 1);
      double[] mean = new double[1];
      for (int i = 0; i < batches.size(); i++) {
        SequencePairBatch batch = batches.batch(1, i);
        double weight = objective.weight(batch);
        objective.queue().fill(loss, 0);
        objective.evaluate(batch, weight, loss);
        objective.queue().download(loss, mean, 0);
        sum += mean[0] * weight;
        count += weight;
      }
    }
    return sum / count;
  }
}
