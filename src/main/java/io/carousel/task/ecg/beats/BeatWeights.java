package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each beat weighs in the loss: rare classes more, so that they count; and of one class the
 * beats of a record that has very many of them less, so that no patient stands for a whole class.
 */
final class BeatWeights {
  private static final double RECORD_BALANCE = 0.25;
  private static final double LEAST = 0.2;
  private static final double MOST = 3;

  /** Simulated rhythms count less than recorded ones, simulated S beats, which are many, least. */
  private static final double SIMULATED = 0.5;

  private static final double SIMULATED_PREMATURE = 0.1;

  private final double balance;
  private final double largest;

  /**
   * A way of weighing.
   *
   * @param balance a class weighs (beats of N / beats of the class)^balance
   * @param largest weight of a class
   */
  BeatWeights(double balance, double largest) {
    this.balance = balance;
    this.largest = largest;
  }

  /** The records with weights. */
  List<BeatSequences.Labelled> of(Map<String, BeatSequences.Labelled> records) {
    return of(records, Map.of());
  }

  /**
   * The records with weights, then what is simulated of them.
   *
   * @param simulated by name of the record; it weighs as the record does, times a factor
   */
  List<BeatSequences.Labelled> of(
      Map<String, BeatSequences.Labelled> records,
      Map<String, List<BeatSequences.Labelled>> simulated) {
    long[] beats = new long[BeatEnsemble.CLASSES];
    int[] recordsWith = new int[BeatEnsemble.CLASSES];
    for (BeatSequences.Labelled record : records.values()) {
      long[] own = counts(record);
      for (int c = 0; c < own.length; c++) {
        beats[c] += own[c];
        recordsWith[c] += own[c] > 0 ? 1 : 0;
      }
    }
    Map<String, double[]> ofClass = new LinkedHashMap<>();
    List<BeatSequences.Labelled> weighted = new ArrayList<>();
    records.forEach(
        (name, record) -> {
          double[] weights = ofClass(counts(record), beats, recordsWith);
          ofClass.put(name, weights);
          weighted.add(weighted(record, weights));
        });
    ofClass.forEach(
        (name, weights) -> {
          for (int c = 0; c < weights.length; c++) {
            weights[c] *= c == AamiClass.S.ordinal() ? SIMULATED_PREMATURE : SIMULATED;
          }
          simulated.getOrDefault(name, List.of()).forEach(s -> weighted.add(weighted(s, weights)));
        });
    return weighted;
  }

  private double[] ofClass(long[] own, long[] beats, int[] recordsWith) {
    double[] weights = new double[own.length];
    for (int c = 0; c < own.length; c++) {
      // a class that no record has may still be simulated
      double all = Math.max(1, beats[c]);
      double rarity = Math.min(largest, Math.pow(beats[0] / all, balance));
      double share = own[c] / (all / Math.max(1, recordsWith[c]));
      double evened = Math.max(LEAST, Math.min(MOST, Math.pow(share, -RECORD_BALANCE)));
      weights[c] = Math.max(1e-3, rarity) * evened;
    }
    return weights;
  }

  private static BeatSequences.Labelled weighted(BeatSequences.Labelled record, double[] ofClass) {
    float[] weights = new float[record.size()];
    for (int i = 0; i < weights.length; i++) {
      int c = record.classes()[i];
      weights[i] = c < 0 ? 0 : (float) ofClass[c];
    }
    return new BeatSequences.Labelled(record.features(), record.classes(), weights);
  }

  private static long[] counts(BeatSequences.Labelled record) {
    long[] counts = new long[BeatEnsemble.CLASSES];
    for (int c : record.classes()) {
      if (c >= 0) {
        counts[c]++;
      }
    }
    return counts;
  }
}
