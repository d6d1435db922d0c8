package io.carousel.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Where training stands: everything that a checkpoint must hold besides tensors. Mutable, the
 * trainer's own.
 */
final class Progress {
  int epoch = 1;
  int nextBatch;
  long step;
  int draw;

  /** Sums over the epoch so far. */
  double lossSum;

  double weightSum;
  double largestNorm;
  long samples;
  double trainSeconds;

  int bestEpoch;
  double bestLoss = Double.POSITIVE_INFINITY;
  int epochsWithoutImprovement;
  final List<EpochMetrics> history = new ArrayList<>();

  void startEpoch() {
    nextBatch = 0;
    lossSum = 0;
    weightSum = 0;
    largestNorm = 0;
    samples = 0;
    trainSeconds = 0;
  }

  double trainLoss() {
    return weightSum == 0 ? Double.NaN : lossSum / weightSum;
  }
}
