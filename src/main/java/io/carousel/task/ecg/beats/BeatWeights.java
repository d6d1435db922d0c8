package io.carousel.task.ecg.beats;

import java.util.ArrayList;
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

  private final double balance;
  private final double largest;

  BeatWeights(double balance, double largest) {
    this.balance = balance;
    this.largest = largest;
  }

  /** The records with weights. */
  List<BeatSequences.Labelled> of(Map<String, BeatSequences.Labelled> records) {
    long[] beats = new long[BeatEnsemble.CLASSES];
    int[] recordsWith = new int[BeatEnsemble.CLASSES];
    for (BeatSequences.Labelled record : records.values()) {
      long[] own = counts(record);
      for (int c = 0; c < own.length; c++) {
        beats[c] += own[c];
        recordsWith[c] += own[c] > 0 ? 1 : 0;
      }
    }
    List<BeatSequences.Labelled> weighted = new ArrayList<>();
    for (BeatSequences.Labelled record : records.values()) {
      long[] own = counts(record);
      double[] ofClass = new double[own.length];
      for (int c = 0; c < own.length; c++) {
        if (own[c] > 0) {
          double rarity = Math.min(largest, Math.pow((double) beats[0] / beats[c], balance));
          double share = own[c] / ((double) beats[c] / recordsWith[c]);
          double evened = Math.max(LEAST, Math.min(MOST, Math.pow(share, -RECORD_BALANCE)));
          ofClass[c] = Math.max(1e-3, rarity) * evened;
        }
      }
      float[] weights = new float[record.size()];
      for (int i = 0; i < weights.length; i++) {
        int c = record.classes()[i];
        weights[i] = c < 0 ? 0 : (float) ofClass[c];
      }
      weighted.add(new BeatSequences.Labelled(record.features(), record.classes(), weights));
    }
    return weighted;
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
