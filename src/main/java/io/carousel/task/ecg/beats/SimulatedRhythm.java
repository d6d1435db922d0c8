package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import io.carousel.device.RandomStream;
import java.util.Arrays;

/**
 * A patient's own beats in another rhythm, for training. Supraventricular arrhythmias are known by
 * their timing and their P waves while the QRS complex stays: so they can be made of any regular
 * rhythm, by shortening and stretching what lies between its beats. There are single premature
 * beats and runs of them (class S), pauses, and atrial fibrillation (irregular, no P waves; its
 * beats are of class N). Training so meets more patients with such rhythms than have been recorded.
 */
final class SimulatedRhythm {
  private static final int NORMAL = AamiClass.N.ordinal();
  private static final int PREMATURE = AamiClass.S.ordinal();

  /** An interval is regular when no more than this unlike the one before, as a logarithm. */
  private static final double REGULAR = 0.12;

  private static final double FIBRILLATION = 0.25;
  private static final double SHORTEST_SECONDS = 0.28;
  private static final double LONGEST_SECONDS = 4;

  /** Where the P wave lies, in seconds before the R peak. */
  private static final double P_BEGIN = 0.22;

  private static final double P_END = 0.06;

  private final Tracing source;
  private final int[] classes;
  private final RandomStream random;

  /** Of each beat: the interval before it is made so many times as long. */
  private final double[] stretch;

  /** Of each beat: what its P wave is multiplied by; 0 takes it away. */
  private final double[] atrial;

  private final boolean[] fibrillating;
  private final int[] result;

  /**
   * Invents a rhythm.
   *
   * @param source a recording
   * @param classes of its beats, −1 for none
   */
  SimulatedRhythm(Tracing source, int[] classes, RandomStream random) {
    this.source = source;
    this.classes = classes;
    this.random = random;
    stretch = new double[source.size()];
    atrial = new double[source.size()];
    fibrillating = new boolean[source.size()];
    Arrays.fill(stretch, 1);
    Arrays.fill(atrial, 1);
    result = classes.clone();
    invent();
  }

  /** Classes of the beats in the new rhythm. */
  int[] classes() {
    return result;
  }

  private void invent() {
    // from a premature beat in a hundred to most beats
    double sinusBeats = Math.exp(uniform(Math.log(4), Math.log(120)));
    double urge = uniform(0, 1);
    int beat = 2;
    while (beat < source.size()) {
      double kind = random.nextDouble();
      if (kind < FIBRILLATION) {
        beat = fibrillate(beat, (int) uniform(30, 250));
      } else if (kind < FIBRILLATION + 0.15 + 0.3 * urge) {
        beat = premature(beat, (int) Math.round(Math.exp(uniform(0.7, 3.6))));
      } else {
        beat = premature(beat, 1);
      }
      beat += 1 + (int) (-Math.log(1 - random.nextDouble()) * sinusBeats);
    }
  }

  /** Makes beats premature as long as they are normal ones in a regular rhythm. */
  private int premature(int from, int length) {
    double ratio = uniform(0.5, 0.87);
    double p = random.nextDouble() < 0.5 ? 0 : uniform(-1, 1.2);
    int beat = from;
    while (beat < source.size() && beat < from + length && regular(beat)) {
      stretch[beat] = ratio * Math.exp(0.03 * random.nextGaussian());
      atrial[beat] = p;
      result[beat] = PREMATURE;
      beat++;
    }
    if (beat > from && beat < source.size() && regular(beat)) {
      stretch[beat] = random.nextDouble() < 0.3 ? uniform(1, 3) : uniform(0.95, 1.4);
      beat++;
    }
    return beat;
  }

  private int fibrillate(int from, int length) {
    double rate = uniform(0.6, 1.1);
    double irregularity = uniform(0.12, 0.3);
    int beat = from;
    while (beat < source.size() && beat < from + length && regular(beat)) {
      stretch[beat] = rate * Math.exp(irregularity * random.nextGaussian());
      atrial[beat] = 0;
      fibrillating[beat] = true;
      beat++;
    }
    return beat;
  }

  private boolean regular(int beat) {
    double[] rr = source.intervals();
    return classes[beat] == NORMAL
        && classes[beat - 1] == NORMAL
        && Math.abs(Math.log(rr[beat] / rr[beat - 1])) < REGULAR;
  }

  private double uniform(double from, double to) {
    return from + (to - from) * random.nextDouble();
  }

  /** The recording in the new rhythm. */
  Tracing tracing() {
    int n = source.size();
    double rate = source.rateHz();
    int[] peaks = new int[n];
    double[] intervals = source.intervals().clone();
    for (int i = 0; i < n; i++) {
      int length = i == 0 ? source.peaks()[0] : source.peaks()[i] - source.peaks()[i - 1];
      if (stretch[i] != 1) {
        double shortest = Math.min(length, SHORTEST_SECONDS * rate);
        double wanted = Math.min(LONGEST_SECONDS * rate, length * stretch[i]);
        length = (int) Math.round(Math.max(shortest, wanted));
        intervals[i] = length / rate;
      }
      peaks[i] = i == 0 ? length : peaks[i - 1] + length;
    }
    int last = n == 0 ? 0 : source.peaks()[n - 1];
    double waves = uniform(0, 0.06);
    float[][] signals = new float[source.signals().length][];
    for (int lead = 0; lead < signals.length; lead++) {
      float[] from = source.signals()[lead];
      float[] to = new float[(n == 0 ? 0 : peaks[n - 1]) + from.length - last];
      int done = 0;
      for (int i = 0; i < n; i++) {
        int begin = i == 0 ? 0 : source.peaks()[i - 1];
        int length = peaks[i] - done;
        between(from, begin, source.peaks()[i], to, done, length, i == 0 || stretch[i] == 1);
        if (i > 0 && atrial[i] != 1) {
          double wave = fibrillating[i] ? waves : 0;
          reshape(to, peaks[i], done, atrial[i], wave);
        }
        done = peaks[i];
      }
      System.arraycopy(from, last, to, done, from.length - last);
      signals[lead] = to;
    }
    return new Tracing(signals, rate, peaks, intervals);
  }

  /** Copies what lies between two peaks, leaving out or filling in before the P wave. */
  private void between(
      float[] from, int begin, int end, float[] to, int at, int length, boolean unchanged) {
    int old = end - begin;
    if (unchanged || old == length) {
      System.arraycopy(from, begin, to, at, Math.min(old, length));
      return;
    }
    double rate = source.rateHz();
    int tail = (int) Math.min(0.24 * rate, Math.min(old, length) / 2.0);
    int head = Math.min(old, length) - tail;
    System.arraycopy(from, begin, to, at, head);
    System.arraycopy(from, end - tail, to, at + length - tail, tail);
    float left = to[at + head - 1];
    float right = to[at + length - tail];
    int gap = length - tail - head;
    for (int k = 0; k < gap; k++) {
      to[at + head + k] = left + (right - left) * (k + 1f) / (gap + 1f);
    }
    // where a part is left out the ends do not meet: the step is spread over 50 ms
    int soft = gap > 0 ? 0 : (int) Math.min(0.05 * rate, tail);
    for (int k = 0; k < soft; k++) {
      to[at + head + k] += (left - right) * (1 - (k + 1f) / (soft + 1f));
    }
  }

  /** Multiplies what rises above a line from before the P wave to after it, or makes waves. */
  private void reshape(float[] signal, int peak, int after, double factor, double waves) {
    int begin = Math.max(after, peak - (int) (P_BEGIN * source.rateHz()));
    int end = peak - (int) (P_END * source.rateHz());
    if (begin >= end || end >= signal.length) {
      return;
    }
    float left = signal[begin];
    float right = signal[end];
    for (int k = begin; k < end; k++) {
      float line = left + (right - left) * (k - begin) / (end - begin);
      double wave = waves * Math.sin(2 * Math.PI * 6.5 * k / source.rateHz());
      signal[k] = (float) (line + factor * (signal[k] - line) + wave);
    }
  }
}
