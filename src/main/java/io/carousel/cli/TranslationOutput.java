package io.carousel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.task.translation.TranslationEvaluation;
import io.carousel.train.metrics.Bleu;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints how well sentences were translated. */
final class TranslationOutput {
  private static final int SAMPLES = 5;

  private TranslationOutput() {}

  static void print(TranslationEvaluation test, PrintWriter print) {
    for (int i = 0; i < Math.min(SAMPLES, test.pairs().size()); i++) {
      print.println("source           " + Printable.text(test.pairs().source().get(i)));
      print.println("translation      " + Printable.text(test.translations().get(i)));
      print.println("reference        " + Printable.text(test.pairs().target().get(i)));
      print.println();
    }
    print.printf(
        Locale.ROOT,
        "exact matches    %.2f %% of %,d%n",
        100 * test.exactMatch(),
        test.pairs().size());
    String remark = test.isTooShortForBleu() ? " (most are too short to have 4-grams)" : "";
    print.printf("BLEU             %s%s%n", test.bleu(), remark);
    print.printf(Locale.ROOT, "perplexity       %.3f per token%n", test.perplexity());
    print.printf(
        Locale.ROOT,
        "search           beam %d, length penalty %s; %.1f s; BLEU tokenisation %s%n",
        test.beam().width(),
        test.beam().lengthPenalty(),
        test.seconds(),
        test.tokenizer().word());
  }

  static JsonNode json(TranslationEvaluation test) {
    Bleu.Score score = test.bleu();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bleu", score.bleu());
    json.put("perplexity", test.perplexity());
    json.put("exact_match", test.exactMatch());
    json.put("sentences", test.pairs().size());
    json.put("beam", test.beam().width());
    json.put("length_penalty", test.beam().lengthPenalty());
    json.put("tokenization", test.tokenizer().word());
    ArrayNode precisions = json.putArray("precisions");
    score.precisions().forEach(precisions::add);
    json.put("brevity_penalty", score.brevityPenalty());
    json.put("hypothesis_length", score.hypothesisLength());
    json.put("reference_length", score.referenceLength());
    return json;
  }
}
