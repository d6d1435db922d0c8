package io.carousel.task.ecg;

/** Forecasts each sample of a signal from samples that end some way before it. */
public interface Forecaster {
  /** How many samples a forecast looks at. */
  int contextLength();

  /** How many samples ahead of the last one it looks at a forecast is. */
  int horizon();

  /**
   * The forecasts {@code [T]} of the samples of {@code signal [T]}.
   *
   * <p>Entry t is made from {@code signal[t − horizon − contextLength + 1 … t − horizon]} alone. It
   * is NaN where that begins before the signal: in the first {@code contextLength + horizon − 1}
   * entries.
   */
  float[] forecast(float[] signal);
}
