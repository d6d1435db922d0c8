package io.carousel.task.ecg.beats;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The intervals between the beats of a stretch, compared with those around them and with the usual
 * one, on a logarithmic scale. A premature beat has a short interval before it.
 */
final class Rhythm {
  /** Numbers per beat. */
  static final int COUNT = 11;

  private static final int NEAR = 8;
  private static final int FAR = 20;
  private static final double IN_TIME = 0.15;

  /** Before beat i; one more, after the last. */
  private final double[] rr;

  private final double usual;
  private final double mean;
  private final double slow;

  /** Intervals in seconds before each beat and after the last; NaN where unknown. */
  Rhythm(double[] raw) {
    usual = Math.max(0.1, Medians.of(Arrays.stream(raw).filter(x -> x > 0).toArray()));
    rr = Arrays.stream(raw).map(x -> Double.isNaN(x) ? usual : Math.max(0.1, x)).toArray();
    mean = Arrays.stream(rr).average().orElseThrow();
    slow = Medians.quantile(rr, 0.9);
  }

  /** Which beats have the usual intervals around them; all when hardly any has. */
  boolean[] regular() {
    boolean[] regular = new boolean[rr.length - 1];
    int count = 0;
    for (int i = 0; i < regular.length; i++) {
      double local = Medians.of(near(i, NEAR));
      regular[i] = inTime(rr[i], local) && inTime(rr[i + 1], local);
      count += regular[i] ? 1 : 0;
    }
    if (count < Math.min(10, regular.length)) {
      Arrays.fill(regular, true);
    }
    return regular;
  }

  private static boolean inTime(double interval, double local) {
    return Math.abs(Math.log(interval / local)) < IN_TIME;
  }

  /** Writes the numbers of a beat. */
  void write(int beat, float[] to, int at) {
    double pre = rr[beat];
    double post = rr[beat + 1];
    double local = Medians.of(near(beat, NEAR));
    double[] far = near(beat, FAR);
    double[] values = {
      Math.log(pre / usual),
      Math.log(post / usual),
      Math.log(pre / local),
      Math.log(post / local),
      Math.log(pre / post),
      Math.log(pre / rr[Math.max(0, beat - 1)]),
      Math.log(pre / Medians.quantile(far, 0.9)),
      Math.log(pre / mean),
      Math.log(pre / slow),
      Math.log(local / 0.8),
      irregularity(beat) * 3 - 0.3
    };
    for (int i = 0; i < COUNT; i++) {
      to[at + i] = (float) Math.max(-3, Math.min(3, 3 * values[i]));
    }
  }

  /** How much the intervals around a beat differ from one to the next. */
  private double irregularity(int beat) {
    int from = Math.max(1, beat - FAR / 2);
    int to = Math.min(rr.length, beat + FAR / 2 + 1);
    return Medians.of(
        IntStream.range(from, to)
            .mapToDouble(i -> Math.abs(Math.log(rr[i] / rr[i - 1])))
            .toArray());
  }

  private double[] near(int beat, int reach) {
    return Arrays.copyOfRange(rr, Math.max(0, beat - reach), Math.min(rr.length, beat + reach + 1));
  }
}
