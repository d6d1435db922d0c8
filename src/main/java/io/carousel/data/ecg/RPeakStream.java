package io.carousel.data.ecg;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Finds the R peaks of an electrocardiogram while it comes: {@link RPeakDetector} over the latest
 * eight seconds, ten times a second.
 *
 * <p>The detector looks ahead, half of its 611 ms and to where its filter run backwards has
 * settled, and of two close peaks it keeps the larger. So a peak is told 600 to 700 ms after it
 * came, when what follows hardly changes it any more. The part of the threshold that the detector
 * takes from the whole signal comes from the eight seconds here. Used by one thread at a time.
 */
public final class RPeakStream {
  private static final double WINDOW_SECONDS = 8;
  private static final double LOOK_AHEAD_SECONDS = 0.600;
  private static final double HOP_SECONDS = 0.100;

  private final RPeakDetector detector;
  private final float[] window;
  private final int lookAhead;
  private final int hop;
  private final int refractory;

  private int held;
  private long samples;
  private long latestPeak = Long.MIN_VALUE / 2;

  /**
   * A detector for a lead of this sampling rate, at its first sample.
   *
   * @throws IllegalArgumentException when the rate is below 50 Hz
   */
  public RPeakStream(double samplingRateHz) {
    detector = new RPeakDetector(samplingRateHz);
    window = new float[(int) Math.round(WINDOW_SECONDS * samplingRateHz)];
    lookAhead = (int) Math.ceil(LOOK_AHEAD_SECONDS * samplingRateHz);
    hop = (int) Math.round(HOP_SECONDS * samplingRateHz);
    refractory = (int) Math.ceil(RPeakDetector.REFRACTORY_SECONDS * samplingRateHz);
  }

  /** How many samples after a peak it is told at the latest. */
  public int delay() {
    return lookAhead + hop;
  }

  /**
   * Takes the next sample.
   *
   * @param value in any unit of voltage
   * @return the peak that became certain with it, counted in samples from the first one taken;
   *     mostly none
   * @throws IllegalArgumentException when the value is not finite
   */
  public OptionalLong add(float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(
          "cannot find R peaks: sample " + samples + " is " + value + "; fill or cut it first");
    }
    if (held == window.length) {
      held -= hop;
      System.arraycopy(window, hop, window, 0, held);
    }
    window[held++] = value;
    samples++;
    return samples % hop == 0 ? newPeak() : OptionalLong.empty();
  }

  /** At most one: peaks are further apart than a hop. */
  private OptionalLong newPeak() {
    long first = samples - held;
    long to = samples - lookAhead;
    for (int index : detector.detect(Arrays.copyOf(window, held))) {
      long peak = first + index;
      if (peak >= to - hop && peak < to && peak - latestPeak >= refractory) {
        latestPeak = peak;
        return OptionalLong.of(peak);
      }
    }
    return OptionalLong.empty();
  }
}
