package io.carousel.task.language;

import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.TextUnit;
import io.carousel.report.Block;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.KeyValues;
import io.carousel.report.LineChart;
import io.carousel.report.Paragraph;
import io.carousel.report.Preformatted;
import io.carousel.report.Report;
import io.carousel.report.Table;
import io.carousel.train.EpochMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The report of a language model: curves, texts that it writes, and where it is unsure. */
final class LanguageReport {
  private static final double[] TEMPERATURES = {0.5, 0.8, 1};
  private static final int PLACES = 12;
  private static final int STRIP = 100;

  private final LanguageModelSettings settings;
  private final LanguageModel model;
  private final LanguageModelTraining.Outcome outcome;
  private final Map<String, String> provenance;
  private final String corpusName;
  private final TextScore judged;
  private final boolean characters;
  private final TokenCosts costs;

  LanguageReport(
      LanguageModelSettings settings,
      TextCorpus corpus,
      LanguageModel model,
      LanguageModelTraining.Outcome outcome,
      Map<String, String> provenance) {
    this.settings = settings;
    this.model = model;
    this.outcome = outcome;
    this.provenance = provenance;
    corpusName = corpus.name();
    judged = outcome.judged();
    characters = model.unit() == TextUnit.CHAR;
    costs = new TokenCosts(model.unit(), corpus.heldOut(), judged);
  }

  Report build() {
    return Report.titled("A language model")
        .subtitle(
            "%s of %s, learned by %s layers of %d units"
                .formatted(
                    characters ? "Characters" : "Words",
                    corpusName,
                    settings.network().cell(),
                    settings.network().hiddenSize()))
        .lead(facts(), explanation())
        .section("Training", losses())
        .section("What it writes", samples())
        .section("Where it is unsure", strip(), byPlace(), dearest(), surprises())
        .section("Provenance", KeyValues.of(provenance));
  }

  private Facts facts() {
    String token = characters ? "character" : "word";
    String part = outcome.test() == null ? "held-back part" : "test part";
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    return Facts.of(
        Fact.of("Cross-entropy", judged.mean(), 4)
            .unit("nats")
            .note("per %s of the %s".formatted(token, part)),
        Fact.of("Perplexity", judged.perplexity(), 2)
            .note("of %d tokens that there are".formatted(outcome.tokens())),
        Fact.of("Information", judged.bits(), 3).unit("bits").note("per " + token),
        Fact.of("Weights", outcome.parameters()),
        Fact.of("Training time", seconds, 0)
            .unit("s")
            .note("%d epochs".formatted(outcome.training().history().size())));
  }

  private Paragraph explanation() {
    return Paragraph.of(
        String.format(
            Locale.ROOT,
            "At each place the model says how likely every %s is to come next; the one that comes"
                + " costs -ln p nats. A model that knew nothing would need ln %d = %.2f nats."
                + " The held-back text was read once, from its start to its end, with the state"
                + " carried on.",
            characters ? "character" : "word",
            outcome.tokens(),
            Math.log(outcome.tokens())));
  }

  private LineChart losses() {
    List<EpochMetrics> history = outcome.training().history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Cross-entropy by epoch")
        .note(
            ("Training is measured while the weights still change, and with dropout where there"
                    + " is any. The weights of epoch %d were kept.")
                .formatted(outcome.training().bestEpoch()))
        .x("epoch")
        .y("cross-entropy", "nats per token")
        .line("training", epochs, column(history, EpochMetrics::trainLoss))
        .line("validation", epochs, column(history, EpochMetrics::validationLoss));
  }

  private static double[] column(List<EpochMetrics> rows, ToDoubleFunction<EpochMetrics> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private Block[] samples() {
    int length = characters ? 400 : 80;
    Block[] blocks = new Block[TEMPERATURES.length + 1];
    blocks[0] =
        Paragraph.of(
            "Logits are divided by the temperature before a token is drawn: low ones make the"
                + " likely likelier, and text correct and dull; 1 is what the model learned.");
    for (int i = 0; i < TEMPERATURES.length; i++) {
      Sampling how = Sampling.of(length, settings.seed()).withTemperature(TEMPERATURES[i]);
      blocks[i + 1] =
          Preformatted.captioned("Temperature " + TEMPERATURES[i], model.sample("", how));
    }
    return blocks;
  }

  private LineChart strip() {
    List<TokenCosts.Surprise> beginning = costs.beginning(characters ? STRIP : STRIP / 4);
    double[] x = IntStream.range(0, beginning.size()).mapToDouble(i -> i).toArray();
    double[] y = beginning.stream().mapToDouble(TokenCosts.Surprise::nats).toArray();
    LineChart chart =
        LineChart.titled("Cost of each token where the held-back text begins")
            .note("Above each point the token that came. ␣ is a space, ⏎ a line end.")
            .x("token")
            .y("cost", "nats")
            .line("-ln p", x, y);
    for (int i = 0; i < x.length; i++) {
      chart.mark("text", x[i], beginning.get(i).token());
    }
    return chart;
  }

  private LineChart byPlace() {
    double[] places = IntStream.rangeClosed(1, PLACES).mapToDouble(p -> p).toArray();
    return LineChart.titled(characters ? "Cost by place in the word" : "Cost by place in the line")
        .note(
            characters
                ? "The beginning of a word is what is hard to tell; its end follows."
                : "What the words before tell of the next one.")
        .x(characters ? "letter of the word" : "word of the line")
        .y("mean cost", "nats")
        .line("held-back text", places, costs.byPlace(PLACES));
  }

  private Table dearest() {
    Table table =
        Table.captioned("The tokens that cost most in all")
            .text("token")
            .count("times")
            .number("mean cost", "nats", 3)
            .number("share of all nats", "%", 1);
    for (TokenCosts.Cost cost : costs.dearest(15)) {
      table.row(cost.token(), cost.count(), cost.mean(), cost.share());
    }
    return table;
  }

  private Table surprises() {
    Table table =
        Table.captioned("The greatest surprises, one of each token")
            .text("read before")
            .text("what came")
            .number("cost", "nats", 2);
    for (TokenCosts.Surprise place : costs.greatest(12)) {
      table.row("… " + place.context(), place.token(), place.nats());
    }
    return table;
  }
}
