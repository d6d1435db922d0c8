package io.carousel.task.ecg.beats;

import java.util.Arrays;

/**
 * The beats of a stretch in one lead, cut out around their R peaks at 100 Hz, in units of the
 * lead's usual QRS amplitude, and the typical beat among them.
 */
final class Heartbeats {
  static final double RATE_HZ = 100;
  static final int BEFORE = 25;
  static final int AFTER = 45;
  static final int LENGTH = BEFORE + AFTER + 1;

  /** The QRS complex in samples of the cut. */
  static final int QRS_FROM = BEFORE - 10;

  static final int QRS_TO = BEFORE + 15;
  private static final int MOST_FOR_TEMPLATE = 600;

  private final float[][] beats;
  private final float[] template;

  /**
   * Cuts out beats.
   *
   * @param signal of the lead
   * @param positions of the R peaks in it
   * @param step samples of the signal per sample of a cut
   * @param regular which beats come in time, to be the typical ones
   */
  Heartbeats(float[] signal, int[] positions, double step, boolean[] regular) {
    beats = new float[positions.length][];
    for (int i = 0; i < beats.length; i++) {
      beats[i] = cut(signal, positions[i], step);
    }
    double[] spans = Arrays.stream(beats).mapToDouble(b -> span(b, QRS_FROM, QRS_TO)).toArray();
    double scale = Medians.of(spans);
    if (scale > 0) {
      for (float[] beat : beats) {
        for (int k = 0; k < LENGTH; k++) {
          beat[k] /= (float) scale;
        }
      }
    }
    template = typical(regular);
  }

  private static float[] cut(float[] signal, int position, double step) {
    float[] beat = new float[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      double at = Math.max(0, Math.min(signal.length - 1.0, position + (k - BEFORE) * step));
      int left = (int) Math.min(at, Math.max(0, signal.length - 2));
      int right = Math.min(left + 1, signal.length - 1);
      beat[k] = (float) (signal[left] + (at - left) * (signal[right] - signal[left]));
    }
    return beat;
  }

  private float[] typical(boolean[] regular) {
    int[] chosen = new int[beats.length];
    int count = 0;
    for (int i = 0; i < beats.length; i++) {
      if (regular[i]) {
        chosen[count++] = i;
      }
    }
    int stride = 1 + count / MOST_FOR_TEMPLATE;
    float[] typical = new float[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      double[] values = new double[(count + stride - 1) / stride];
      for (int j = 0; j < values.length; j++) {
        values[j] = beats[chosen[j * stride]][k];
      }
      typical[k] = (float) Medians.of(values);
    }
    return typical;
  }

  /** A beat, [LENGTH]. */
  float[] beat(int i) {
    return beats[i];
  }

  /** The median of the beats that come in time, [LENGTH]: the patient's usual beat. */
  float[] template() {
    return template;
  }

  /** Largest less smallest value of a part of a beat. */
  static double span(float[] beat, int from, int to) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int k = from; k < to; k++) {
      low = Math.min(low, beat[k]);
      high = Math.max(high, beat[k]);
    }
    return high - low;
  }

  /** The largest correlation of a part of two beats when one is moved by up to {@code reach}. */
  static double likeness(float[] a, float[] b, int from, int to, int reach) {
    double best = -1;
    for (int shift = -reach; shift <= reach; shift++) {
      best = Math.max(best, correlation(a, b, from, to, shift));
    }
    return best;
  }

  private static double correlation(float[] a, float[] b, int from, int to, int shift) {
    double sumA = 0;
    double sumB = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    int n = 0;
    for (int k = Math.max(from, -shift); k < Math.min(to, LENGTH - shift); k++) {
      double x = a[k];
      double y = b[k + shift];
      sumA += x;
      sumB += y;
      aa += x * x;
      bb += y * y;
      ab += x * y;
      n++;
    }
    double spread = (aa - sumA * sumA / n) * (bb - sumB * sumB / n);
    return spread <= 1e-12 ? 0 : (ab - sumA * sumB / n) / Math.sqrt(spread);
  }

  /** How far from the R peak the slopes of a beat lie, root mean square in seconds. */
  static double width(float[] beat) {
    double energy = 1e-9;
    double first = 0;
    double second = 0;
    for (int k = QRS_FROM; k < QRS_TO; k++) {
      double slope = beat[k + 1] - beat[k];
      double t = (k + 0.5 - BEFORE) / RATE_HZ;
      energy += slope * slope;
      first += slope * slope * t;
      second += slope * slope * t * t;
    }
    double mean = first / energy;
    return Math.sqrt(Math.max(0, second / energy - mean * mean));
  }
}
