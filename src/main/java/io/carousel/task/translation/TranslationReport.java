package io.carousel.task.translation;

import io.carousel.report.Block;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.HeatMap;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The report of a translation run: BLEU, curves, translations, provenance. */
final class TranslationReport {
  private static final int SAMPLES = 20;
  private static final int ALIGNED = 3;

  private final TranslationData data;
  private final Translator translator;
  private final Translation.Outcome outcome;
  private final TranslationEvaluation test;
  private final Map<String, String> provenance;

  TranslationReport(
      TranslationData data,
      Translator translator,
      Translation.Outcome outcome,
      TranslationEvaluation test,
      Map<String, String> provenance) {
    this.data = data;
    this.translator = translator;
    this.outcome = outcome;
    this.test = test;
    this.provenance = provenance;
  }

  Report build() {
    return Report.titled("Translation, " + data.sourceLanguage() + " to " + data.targetLanguage())
        .subtitle(
            String.format(
                Locale.ROOT,
                "%,d pairs to learn from, %,d decided when to stop, %,d judge",
                data.train().size(),
                data.validation().size(),
                data.test().size()))
        .lead(facts(), explanation())
        .section("Training", losses(), perplexities())
        .section("Translations", translations())
        .section("Provenance", KeyValues.of(provenance));
  }

  private Facts facts() {
    List<EpochMetrics> history = outcome.training().history();
    double seconds = history.stream().mapToDouble(EpochMetrics::seconds).sum();
    Fact exact = Fact.of("Exact matches", 100 * test.exactMatch(), 1).unit("%");
    Fact bleu =
        Fact.of("BLEU", test.bleu().bleu(), 2)
            .note(
                test.isTooShortForBleu()
                    ? "most sentences are too short to have 4-grams"
                    : "tokenisation " + test.tokenizer().word());
    return Facts.of(
        test.isTooShortForBleu() ? exact : bleu,
        Fact.of("Perplexity", test.perplexity(), 2).note("per token of the references"),
        test.isTooShortForBleu() ? bleu : exact,
        Fact.of("Weights", outcome.parameters())
            .note(
                String.format(
                    Locale.ROOT,
                    "%,d and %,d tokens",
                    outcome.sourceVocabulary(),
                    outcome.targetVocabulary())),
        Fact.of("Training time", seconds, 0).unit("s").note("%d epochs".formatted(history.size())),
        Fact.of("Peak memory", outcome.peakMemoryBytes() / 1e6, 0)
            .unit("MB")
            .note("of the whole process"));
  }

  private Paragraph explanation() {
    return Paragraph.of(
        test.bleu()
            + ". Beam "
            + test.beam().width()
            + ", length penalty "
            + test.beam().lengthPenalty()
            + (translator.text().lowerCase() ? ", lower case" : "")
            + ".");
  }

  private LineChart losses() {
    return LineChart.titled("Loss by epoch")
        .note(
            "Nats per token. Training has dropout and label smoothing, validation has neither. The weights of epoch %d were kept."
                .formatted(outcome.training().bestEpoch()))
        .x("epoch")
        .y("cross-entropy", "nats")
        .line("training", epochs(), column(EpochMetrics::trainLoss))
        .line("validation", epochs(), column(EpochMetrics::validationLoss));
  }

  private LineChart perplexities() {
    return LineChart.titled("Perplexity of the validation pairs")
        .x("epoch")
        .y("perplexity")
        .logarithmicY()
        .line("validation", epochs(), column(e -> Math.exp(e.validationLoss())));
  }

  private double[] epochs() {
    return column(EpochMetrics::epoch);
  }

  private double[] column(ToDoubleFunction<EpochMetrics> value) {
    return outcome.training().history().stream().mapToDouble(value).toArray();
  }

  private Block[] translations() {
    List<Block> blocks = new ArrayList<>(List.of(samples()));
    for (int i = 0; i < Math.min(ALIGNED, test.pairs().size()); i++) {
      String source = test.pairs().source().get(i);
      Hypothesis best = translator.search(List.of(source), test.beam()).get(0).get(0);
      Translator.Alignment alignment = translator.align(source, best);
      if (alignment != null) {
        blocks.add(
            HeatMap.titled("Attention: " + translator.text(best))
                .note("Each row is a word that was said; bright is where the decoder looked.")
                .x("source", alignment.source())
                .y("translation", alignment.target())
                .values("weight", alignment.weights())
                .range(0, 1));
      }
    }
    return blocks.toArray(Block[]::new);
  }

  private Table samples() {
    Table table =
        Table.captioned("The first test sentences")
            .text("source")
            .text("translation")
            .text("reference");
    for (int i = 0; i < Math.min(SAMPLES, test.pairs().size()); i++) {
      table.row(
          test.pairs().source().get(i), test.translations().get(i), test.pairs().target().get(i));
    }
    return table;
  }
}
