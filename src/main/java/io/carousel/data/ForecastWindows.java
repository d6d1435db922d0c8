package io.carousel.data;

import io.carousel.device.PackedShape;

/**
 * Windows of a series with what comes after: the input of a window is {@code contextLength} values,
 * its target the value {@code horizon} steps after the last one, or after each one.
 *
 * <p>Example i of windows of T values: input steps {@code series[s … s+T−1]}, s = first + i·stride;
 * target {@code series[s+T−1+horizon]}, or at every step t {@code series[s+t+horizon]}. Batches are
 * dense: features {@code [T, N, 1]}, targets {@code [N, 1]} or {@code [T, N, 1]}. Immutable.
 */
public final class ForecastWindows implements SequenceDataset {
  private final float[] values;
  private final int first;
  private final int size;
  private final int contextLength;
  private final int horizon;
  private final int stride;
  private final boolean everyStep;

  private ForecastWindows(
      Series series,
      IndexRange inputsAndTargets,
      int contextLength,
      int horizon,
      int stride,
      boolean everyStep) {
    this.values = series.values();
    this.first = inputsAndTargets.from();
    this.contextLength = contextLength;
    this.horizon = horizon;
    this.stride = stride;
    this.everyStep = everyStep;
    int span = Math.addExact(contextLength, horizon);
    if (inputsAndTargets.length() < span) {
      throw new IllegalArgumentException(
          "series '%s': %d values of context and %d of horizon do not fit into %d"
              .formatted(series.name(), contextLength, horizon, inputsAndTargets.length()));
    }
    this.size = (inputsAndTargets.length() - span) / stride + 1;
  }

  /**
   * Windows with a target at every step, all inputs and targets within {@code range}: for training
   * and validation without a value in common.
   *
   * @param stride from the beginning of one window to that of the next
   * @throws IllegalArgumentException when a number is below 1, the range reaches outside of the
   *     series, or no window fits
   */
  public static ForecastWindows everyStep(
      Series series, IndexRange range, int contextLength, int horizon, int stride) {
    requirePositive(contextLength, horizon, stride);
    range.within(series.length());
    return new ForecastWindows(series, range, contextLength, horizon, stride, true);
  }

  /**
   * Windows with one target after the last step, all inputs and targets within {@code range}.
   *
   * @param stride from the beginning of one window to that of the next
   * @throws IllegalArgumentException as {@link #everyStep}
   */
  public static ForecastWindows lastStep(
      Series series, IndexRange range, int contextLength, int horizon, int stride) {
    requirePositive(contextLength, horizon, stride);
    range.within(series.length());
    return new ForecastWindows(series, range, contextLength, horizon, stride, false);
  }

  /**
   * Windows whose one target each lies in {@code targets}, one for every {@code stride}-th index of
   * it, while inputs may lie before: they are past when the forecast is made. For judging forecasts
   * of a part of the series, whole and at the same values whatever the context length.
   *
   * @throws IllegalArgumentException when a number is below 1, the range is empty or reaches
   *     outside of the series, or the first context would begin before the series
   */
  public static ForecastWindows ofTargets(
      Series series, IndexRange targets, int contextLength, int horizon, int stride) {
    requirePositive(contextLength, horizon, stride);
    targets.within(series.length());
    long begin = (long) targets.from() - horizon - contextLength + 1;
    if (begin < 0) {
      throw new IllegalArgumentException(
          "series '%s': a forecast of value %d, %d ahead, from %d values begins before the series"
              .formatted(series.name(), targets.from(), horizon, contextLength));
    }
    return new ForecastWindows(
        series,
        new IndexRange((int) begin, Math.max((int) begin, targets.to())),
        contextLength,
        horizon,
        stride,
        false);
  }

  private static void requirePositive(int contextLength, int horizon, int stride) {
    if (contextLength < 1 || horizon < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "contextLength, horizon and stride must be positive, got %d, %d and %d"
              .formatted(contextLength, horizon, stride));
    }
  }

  @Override
  public int size() {
    return size;
  }

  /** The index in the series of the (last) target of an example. */
  public int targetIndex(int example) {
    if (example < 0 || example >= size) {
      throw new IllegalArgumentException("no window " + example + " among " + size);
    }
    return first + example * stride + contextLength - 1 + horizon;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    float[] features = new float[Math.multiplyExact(contextLength, n)];
    float[] targets = new float[everyStep ? features.length : n];
    for (int row = 0; row < n; row++) {
      int target = targetIndex(examples[row]);
      int begin = target - horizon - contextLength + 1;
      for (int t = 0; t < contextLength; t++) {
        features[t * n + row] = values[begin + t];
        if (everyStep) {
          targets[t * n + row] = values[begin + t + horizon];
        }
      }
      if (!everyStep) {
        targets[row] = values[target];
      }
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(contextLength, n), 1, features)
        .withValues(everyStep, 1, targets);
  }
}
