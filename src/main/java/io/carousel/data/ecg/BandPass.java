package io.carousel.data.ecg;

/**
 * A band-pass of second order without delay: run forwards, then backwards.
 *
 * <p>The digital form of H(s) = (s/Q) / (s² + s/Q + 1) by the bilinear transform, gain 1 at the
 * centre √(low·high), Q = centre / (high − low) (Bristow-Johnson, "Cookbook formulae for audio EQ
 * biquad filter coefficients").
 */
public final class BandPass {
  private BandPass() {}

  /** The filtered {@code signal}; a new array. */
  public static double[] filter(
      double[] signal, double samplingRateHz, double lowHz, double highHz) {
    double centreHz = Math.sqrt(lowHz * highHz);
    double omega = 2 * Math.PI * centreHz / samplingRateHz;
    double alpha = Math.sin(omega) * (highHz - lowHz) / (2 * centreHz);
    double gain = alpha / (1 + alpha);
    double a1 = -2 * Math.cos(omega) / (1 + alpha);
    double a2 = (1 - alpha) / (1 + alpha);
    double[] filtered = signal.clone();
    run(filtered, gain, a1, a2, 0, 1);
    run(filtered, gain, a1, a2, filtered.length - 1, -1);
    return filtered;
  }

  private static void run(double[] values, double gain, double a1, double a2, int first, int step) {
    double x1 = 0;
    double x2 = 0;
    double y1 = 0;
    double y2 = 0;
    for (int i = first; i >= 0 && i < values.length; i += step) {
      double x = values[i];
      double y = gain * (x - x2) - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      values[i] = y;
    }
  }
}
