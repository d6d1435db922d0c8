package io.carousel.task.ecg.anomaly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.ecg.UcrFile;
import io.carousel.train.metrics.Auroc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a detector tells abnormal beats from normal ones that it has not learned from.
 *
 * @param auroc probability that an abnormal beat has a larger error than a normal one
 * @param threshold above which errors count as abnormal, set on normal beats of validation
 * @param beats that were judged
 * @param abnormal which of them are
 * @param errors score of each; see {@link AnomalyDetector#errors}
 */
public record AnomalyEvaluation(
    double auroc, double threshold, List<float[]> beats, boolean[] abnormal, double[] errors) {

  /**
   * Judges a detector on a folder's files: all rows, but of the file that it was trained on only
   * those that were held back.
   *
   * @throws IOException when there is no file, one is damaged, or its beats have another length
   */
  public static AnomalyEvaluation of(AnomalyDetector detector, Path folder) throws IOException {
    List<float[]> beats = new ArrayList<>();
    List<Boolean> abnormal = new ArrayList<>();
    for (UcrFile file : AnomalyData.all(folder)) {
      if (file.length() != detector.card().length()) {
        throw new IOException(
            "%s: beats of %d values, the model knows beats of %d"
                .formatted(file.file(), file.length(), detector.card().length()));
      }
      boolean known = file.fingerprint() == detector.card().fingerprint();
      int[] rows =
          known
              ? NormalSplit.of(file, detector.card().seed()).heldBack()
              : IntStream.range(0, file.size()).toArray();
      for (int row : rows) {
        beats.add(file.series().get(row));
        abnormal.add(file.labels()[row] != NormalSplit.NORMAL);
      }
    }
    boolean[] flags = new boolean[beats.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = abnormal.get(i);
    }
    double[] errors = detector.errors(beats);
    return new AnomalyEvaluation(
        Auroc.of(errors, flags), detector.card().threshold(), beats, flags, errors);
  }

  /** Number of abnormal beats. */
  public int abnormalCount() {
    return (int) IntStream.range(0, abnormal.length).filter(i -> abnormal[i]).count();
  }

  /** Share of the abnormal beats whose error is above the threshold. */
  public double sensitivity() {
    return share(true, true);
  }

  /** Share of the normal beats whose error is not above the threshold. */
  public double specificity() {
    return share(false, false);
  }

  private double share(boolean among, boolean above) {
    int[] rows = IntStream.range(0, errors.length).filter(i -> abnormal[i] == among).toArray();
    long hits = Arrays.stream(rows).filter(i -> errors[i] > threshold == above).count();
    return rows.length == 0 ? 0 : (double) hits / rows.length;
  }

  /** The figures as JSON. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("auroc", auroc);
    json.put("normal", errors.length - abnormalCount());
    json.put("abnormal", abnormalCount());
    json.put("threshold", threshold);
    json.put("sensitivity", sensitivity());
    json.put("specificity", specificity());
    return json;
  }
}
