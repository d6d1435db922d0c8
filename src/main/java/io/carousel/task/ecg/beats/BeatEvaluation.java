package io.carousel.task.ecg.beats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.ecg.AamiClass;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the beats of records were classified: over all of them, and record by record. */
public final class BeatEvaluation {
  private final ConfusionMatrix all = empty();
  private final Map<String, ConfusionMatrix> byRecord = new LinkedHashMap<>();

  BeatEvaluation() {}

  private static ConfusionMatrix empty() {
    return new ConfusionMatrix(BeatClassifier.CLASSES.stream().map(Enum::name).toList());
  }

  /**
   * Judges a classifier on a folder's records, read stretch by stretch.
   *
   * @param records names; none for all that the model has not seen in training, but paced ones
   * @throws IOException when a record is missing or damaged, or none is left
   */
  public static BeatEvaluation of(
      BeatClassifier classifier, Path folder, Collection<String> records) throws IOException {
    BeatFolder data = new BeatFolder(folder);
    List<String> names = data.unseen(records, classifier.card().records());
    BeatEvaluation evaluation = new BeatEvaluation();
    for (String name : names) {
      classifier.classify(
          data.record(name), beat -> evaluation.add(name, beat.annotated(), beat.predicted()));
    }
    return evaluation;
  }

  /** Counts a beat; beats without a class and those of class Q are left out. */
  void add(String record, @Nullable AamiClass truth, AamiClass predicted) {
    if (truth != null && truth != AamiClass.Q) {
      all.add(truth.ordinal(), predicted.ordinal());
      byRecord.computeIfAbsent(record, name -> empty()).add(truth.ordinal(), predicted.ordinal());
    }
  }

  /** Over all records. */
  public ConfusionMatrix all() {
    return all;
  }

  /** By the names of the records. */
  public Map<String, ConfusionMatrix> byRecord() {
    return byRecord;
  }

  /** The figures as JSON. */
  public ObjectNode toJson() {
    ObjectNode json = figures(all);
    ArrayNode rows = json.putArray("confusion_matrix");
    for (int truth = 0; truth < all.classes().size(); truth++) {
      ArrayNode row = rows.addArray();
      for (int predicted = 0; predicted < all.classes().size(); predicted++) {
        row.add(all.count(truth, predicted));
      }
    }
    ObjectNode records = json.putObject("records");
    byRecord.forEach((name, matrix) -> records.set(name, figures(matrix)));
    return json;
  }

  private static ObjectNode figures(ConfusionMatrix matrix) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("accuracy", matrix.accuracy());
    json.put("macro_f1", matrix.macroF1());
    json.put("beats", matrix.total());
    ObjectNode classes = json.putObject("classes");
    for (int c = 0; c < matrix.classes().size(); c++) {
      ObjectNode figures = classes.putObject(matrix.classes().get(c));
      figures.put("sensitivity", matrix.sensitivity(c));
      figures.put("ppv", matrix.positivePredictiveValue(c));
      figures.put("f1", matrix.f1(c));
      figures.put("support", matrix.support(c));
      figures.put("predicted", matrix.predicted(c));
    }
    return json;
  }
}
