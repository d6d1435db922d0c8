package io.carousel.task.sentiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.LabelledText;
import io.carousel.data.text.SentimentFiles;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A model judged on a part of the data.
 *
 * @param part that judged
 * @param confusion true class by predicted class
 * @param crossEntropy mean of −log of the probability of the true class, in nats
 * @param examples the text whose true class the model is surest of, and the one where it is least
 */
public record SentimentEvaluation(
    SentimentFiles.Part part,
    ConfusionMatrix confusion,
    double crossEntropy,
    List<String> examples) {

  /**
   * Judges a model.
   *
   * @param model what is judged
   * @param files five-class data judge any model, two-class data those of two classes
   * @param part that judges
   * @throws IOException when the part cannot be read or has no sentence of the model's classes
   */
  public static SentimentEvaluation of(
      SentimentModel model, SentimentFiles files, SentimentFiles.Part part) throws IOException {
    SentimentClasses classes = model.classes();
    int labels = files.format().labels();
    List<LabelledText> sentences =
        files.sentences(part).stream()
            .filter(s -> classes.classOf(s.label(), labels) != SentimentClasses.NONE)
            .toList();
    if (sentences.isEmpty()) {
      throw new IOException(files.file(part) + ": holds no sentence of these classes");
    }
    List<double[]> all = model.probabilities(sentences.stream().map(LabelledText::text).toList());
    double[] ofTruth = new double[sentences.size()];
    ConfusionMatrix confusion = new ConfusionMatrix(classes.names());
    double nats = 0;
    int surest = 0;
    int worst = 0;
    for (int i = 0; i < sentences.size(); i++) {
      double[] p = all.get(i);
      int truth = classes.classOf(sentences.get(i).label(), labels);
      confusion.add(truth, mostLikely(p));
      nats -= Math.log(p[truth]);
      ofTruth[i] = p[truth];
      surest = ofTruth[i] > ofTruth[surest] ? i : surest;
      worst = ofTruth[i] < ofTruth[worst] ? i : worst;
    }
    return new SentimentEvaluation(
        part,
        confusion,
        nats / sentences.size(),
        List.of(sentences.get(surest).text(), sentences.get(worst).text()));
  }

  /** The class of the largest probability; the first one of equals. */
  public static int mostLikely(double[] probabilities) {
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return best;
  }

  /** The word for the part that judged. */
  public String partName() {
    return part.name().toLowerCase(Locale.ROOT);
  }

  /** Everything as JSON: accuracy, macro_f1, cross_entropy, per_class, confusion. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("part", partName());
    json.put("sentences", confusion.total());
    json.put("accuracy", confusion.accuracy());
    json.put("macro_f1", confusion.macroF1());
    json.put("cross_entropy", crossEntropy);
    ObjectNode perClass = json.putObject("per_class");
    ObjectNode counts = json.putObject("confusion");
    List<String> names = confusion.classes();
    for (int c = 0; c < names.size(); c++) {
      ObjectNode figures = perClass.putObject(names.get(c));
      figures.put("sensitivity", confusion.sensitivity(c));
      figures.put("positive_predictive_value", confusion.positivePredictiveValue(c));
      figures.put("f1", confusion.f1(c));
      figures.put("support", confusion.support(c));
      ObjectNode row = counts.putObject(names.get(c));
      for (int k = 0; k < names.size(); k++) {
        row.put(names.get(k), confusion.count(c, k));
      }
    }
    return json;
  }
}
