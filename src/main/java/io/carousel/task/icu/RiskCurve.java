package io.carousel.task.icu;

import java.util.Comparator;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What every threshold of the risk gives, thinned to one point per share of false alarms or recall,
 * so that x rises.
 *
 * @param falsePositiveRates rising from 0 to 1
 * @param bestSensitivities the highest that goes with each
 * @param recalls rising
 * @param precisions the highest that goes with each
 */
@SuppressWarnings("ArrayRecordComponent")
record RiskCurve(
    double[] falsePositiveRates,
    double[] bestSensitivities,
    double[] recalls,
    double[] precisions) {
  static RiskCurve of(double[] risks, boolean[] died) {
    int[] order =
        IntStream.range(0, risks.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -risks[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int deaths = 0;
    for (boolean dead : died) {
      deaths += dead ? 1 : 0;
    }
    TreeMap<Double, Double> roc = new TreeMap<>();
    TreeMap<Double, Double> precision = new TreeMap<>();
    roc.put(0.0, 0.0);
    int found = 0;
    for (int i = 0; i < order.length; i++) {
      found += died[order[i]] ? 1 : 0;
      if (i + 1 < order.length && risks[order[i + 1]] == risks[order[i]]) {
        continue; // equal risks are on one side of any threshold
      }
      double alarms = (i + 1 - found) / (double) (order.length - deaths);
      roc.merge(alarms, found / (double) deaths, Math::max);
      precision.merge(found / (double) deaths, found / (i + 1.0), Math::max);
    }
    return new RiskCurve(keys(roc), values(roc), keys(precision), values(precision));
  }

  private static double[] keys(TreeMap<Double, Double> curve) {
    return curve.keySet().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] values(TreeMap<Double, Double> curve) {
    return curve.values().stream().mapToDouble(Double::doubleValue).toArray();
  }
}
