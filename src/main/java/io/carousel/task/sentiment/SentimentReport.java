package io.carousel.task.sentiment;

import io.carousel.nn.Parameter;
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
import io.carousel.train.metrics.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The report of a sentiment run: losses, figures per class, a sentence read word by word. */
final class SentimentReport {
  private final SentimentTraining.Outcome outcome;
  private final SentimentModel model;
  private final Map<String, String> provenance;

  SentimentReport(
      SentimentTraining.Outcome outcome, SentimentModel model, Map<String, String> provenance) {
    this.outcome = outcome;
    this.model = model;
    this.provenance = provenance;
  }

  Report build() {
    SentimentEvaluation judged = outcome.judged();
    Report report =
        Report.titled("Sentiment of sentences")
            .subtitle(
                String.format(
                    Locale.ROOT,
                    "Stanford Sentiment Treebank, %d classes: %,d examples to learn from, %,d"
                        + " held-back sentences decided when to stop",
                    model.classes().count(),
                    outcome.trainExamples(),
                    outcome.validationSentences()))
            .lead(facts(judged))
            .section("Training", losses());
    if (judged != null) {
      report.section("Classes", perClass(judged.confusion()), confusion(judged.confusion()));
    }
    return report
        .section("Word by word", traces(judged).toArray(Block[]::new))
        .section("Model", layers())
        .section("Provenance", KeyValues.of(provenance));
  }

  private Facts facts(@Nullable SentimentEvaluation judged) {
    List<Fact> facts = new ArrayList<>();
    if (judged != null) {
      ConfusionMatrix confusion = judged.confusion();
      String of =
          String.format(Locale.ROOT, "%,d sentences of %s", confusion.total(), judged.partName());
      facts.add(Fact.of("Accuracy", confusion.accuracy(), 3).note(of));
      facts.add(Fact.of("Macro-F1", confusion.macroF1(), 3));
    }
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    facts.add(Fact.of("Weights", outcome.parameters()));
    facts.add(Fact.of("Words", model.vocabulary().size()));
    facts.add(
        Fact.of("Training time", seconds, 0)
            .unit("s")
            .note("%d epochs".formatted(outcome.training().history().size())));
    return Facts.of(facts.toArray(Fact[]::new));
  }

  private LineChart losses() {
    List<EpochMetrics> history = outcome.training().history();
    double[] epochs = history.stream().mapToDouble(EpochMetrics::epoch).toArray();
    return LineChart.titled("Loss by epoch")
        .note(
            String.format(
                Locale.ROOT,
                "Cross-entropy; guessing among %d equally frequent classes gives %.3f. The weights"
                    + " of epoch %d were kept.",
                model.classes().count(),
                Math.log(model.classes().count()),
                outcome.training().bestEpoch()))
        .x("epoch")
        .y("cross-entropy", "nats")
        .line("training", epochs, column(history, EpochMetrics::trainLoss))
        .line("validation", epochs, column(history, EpochMetrics::validationLoss));
  }

  private static double[] column(List<EpochMetrics> rows, ToDoubleFunction<EpochMetrics> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private static Table perClass(ConfusionMatrix confusion) {
    Table table =
        Table.captioned("Figures per class")
            .text("class")
            .count("sentences")
            .number("sensitivity", 3)
            .number("positive predictive value", 3)
            .number("F1", 3);
    for (int c = 0; c < confusion.classes().size(); c++) {
      table.row(
          confusion.classes().get(c),
          confusion.support(c),
          confusion.sensitivity(c),
          confusion.positivePredictiveValue(c),
          confusion.f1(c));
    }
    return table.total("all", confusion.total(), "", "", confusion.macroF1());
  }

  private static HeatMap confusion(ConfusionMatrix confusion) {
    int classes = confusion.classes().size();
    double[][] counts = new double[classes][classes];
    for (int truth = 0; truth < classes; truth++) {
      for (int as = 0; as < classes; as++) {
        counts[truth][as] = confusion.count(truth, as);
      }
    }
    return HeatMap.titled("Confusion matrix")
        .note("Rows are what people said, columns what the model says.")
        .x("predicted", confusion.classes())
        .y("true", confusion.classes())
        .values("sentences", counts)
        .written(0);
  }

  private List<Block> traces(@Nullable SentimentEvaluation judged) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Paragraph.of(
            "Each row shows the model's probabilities as if the sentence ended after that word. "
                + "Watch what a negation or a “but” does to what was read before."));
    List<String> texts = new ArrayList<>(List.of("not bad at all, but it is far too long"));
    if (judged != null) {
      texts.addAll(0, judged.examples());
    }
    for (String text : texts) {
      SentimentModel.Trace trace = model.trace(text);
      if (!trace.words().isEmpty()) {
        blocks.add(trace(trace));
      }
    }
    return blocks;
  }

  private HeatMap trace(SentimentModel.Trace trace) {
    List<String> rows = new ArrayList<>(List.of("(start)"));
    for (String word : trace.words()) {
      rows.add(model.vocabulary().contains(word) ? word : word + " (unknown)");
    }
    return HeatMap.titled(String.join(" ", trace.words()))
        .x("class", model.classes().names())
        .y("word", rows)
        .values("probability", trace.probabilities().toArray(double[][]::new))
        .written(2);
  }

  private Table layers() {
    Table table =
        Table.captioned("Weights of the model").text("weight").text("shape").count("numbers");
    for (Parameter parameter : model.model().parameters()) {
      table.row(parameter.path(), Arrays.toString(parameter.shape()), parameter.size());
    }
    return table.total("all", "", model.model().parameters().elementCount());
  }
}
