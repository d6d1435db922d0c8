package io.carousel.task.ecg;

import java.util.Arrays;

/** Forecasts that nothing changes: the last sample seen. */
public final class LastValueBaseline implements Forecaster {
  private final int horizon;

  /** A forecast of {@code horizon} samples ahead, at least 1. */
  public LastValueBaseline(int horizon) {
    if (horizon < 1) {
      throw new IllegalArgumentException("horizon must be positive, got " + horizon);
    }
    this.horizon = horizon;
  }

  @Override
  public int contextLength() {
    return 1;
  }

  @Override
  public int horizon() {
    return horizon;
  }

  @Override
  public float[] forecast(float[] signal) {
    float[] forecast = new float[signal.length];
    int first = Math.min(horizon, signal.length);
    Arrays.fill(forecast, 0, first, Float.NaN);
    System.arraycopy(signal, 0, forecast, first, signal.length - first);
    return forecast;
  }
}
