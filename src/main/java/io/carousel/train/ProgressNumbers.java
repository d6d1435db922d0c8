package io.carousel.train;

/** {@link Progress} as arrays of numbers, which keep every bit (JSON knows no NaN). */
final class ProgressNumbers {
  /** Numbers per epoch of the history. */
  static final int COLUMNS = 8;

  private static final int SIZE = 12;

  private ProgressNumbers() {}

  static double[] of(Progress p) {
    return new double[] {
      p.epoch,
      p.nextBatch,
      (double) p.step,
      p.draw,
      p.lossSum,
      p.weightSum,
      p.largestNorm,
      (double) p.samples,
      p.trainSeconds,
      p.bestEpoch,
      p.bestLoss,
      p.epochsWithoutImprovement
    };
  }

  static double[] history(Progress p) {
    double[] numbers = new double[p.history.size() * COLUMNS];
    for (int i = 0; i < p.history.size(); i++) {
      EpochMetrics m = p.history.get(i);
      double[] row = {
        m.epoch(),
        (double) m.step(),
        m.trainLoss(),
        m.validationLoss(),
        m.gradientNorm(),
        m.learningRate(),
        m.seconds(),
        m.samplesPerSecond()
      };
      System.arraycopy(row, 0, numbers, i * COLUMNS, COLUMNS);
    }
    return numbers;
  }

  /**
   * Overwrites a progress.
   *
   * @throws IllegalArgumentException when the numbers are not as many as were written
   */
  static void restore(double[] numbers, double[] history, Progress p) {
    if (numbers.length != SIZE || history.length % COLUMNS != 0) {
      throw new IllegalArgumentException(
          "progress has %d numbers, history %d".formatted(numbers.length, history.length));
    }
    p.epoch = (int) numbers[0];
    p.nextBatch = (int) numbers[1];
    p.step = (long) numbers[2];
    p.draw = (int) numbers[3];
    p.lossSum = numbers[4];
    p.weightSum = numbers[5];
    p.largestNorm = numbers[6];
    p.samples = (long) numbers[7];
    p.trainSeconds = numbers[8];
    p.bestEpoch = (int) numbers[9];
    p.bestLoss = numbers[10];
    p.epochsWithoutImprovement = (int) numbers[11];
    p.history.clear();
    for (int i = 0; i < history.length; i += COLUMNS) {
      p.history.add(
          new EpochMetrics(
              (int) history[i],
              (long) history[i + 1],
              history[i + 2],
              history[i + 3],
              history[i + 4],
              history[i + 5],
              history[i + 6],
              history[i + 7]));
    }
  }
}
