package io.carousel.data;

/**
 * Turns arrays [batch, time, features] into [time, batch, features], which Carousel works on, and
 * back.
 */
public final class BatchFirst {
  private BatchFirst() {}

  /** [T, N, F] from [N, T, F]. */
  public static float[] toTimeMajor(int batchSize, int steps, int features, float[] batchFirst) {
    require("batch", batchSize, "time", steps, features, batchFirst.length);
    return swap(batchSize, steps, features, batchFirst);
  }

  /** [N, T, F] from [T, N, F]. */
  public static float[] fromTimeMajor(int steps, int batchSize, int features, float[] timeMajor) {
    require("time", steps, "batch", batchSize, features, timeMajor.length);
    return swap(steps, batchSize, features, timeMajor);
  }

  private static float[] swap(int first, int second, int features, float[] from) {
    float[] to = new float[from.length];
    for (int i = 0; i < first; i++) {
      for (int j = 0; j < second; j++) {
        System.arraycopy(
            from, (i * second + j) * features, to, (j * first + i) * features, features);
      }
    }
    return to;
  }

  private static void require(
      String first, int count, String second, int secondCount, int features, int length) {
    if ((long) count * secondCount * features != length) {
      throw new IllegalArgumentException(
          "[%s=%d, %s=%d, features=%d] has %d values, the array %d"
              .formatted(
                  first,
                  count,
                  second,
                  secondCount,
                  features,
                  (long) count * secondCount * features,
                  length));
    }
  }
}
