package io.carousel.task.icu;

import io.carousel.data.icu.IcuStay;
import io.carousel.data.icu.IcuStay.Measurement;
import io.carousel.data.icu.IcuVariable;
import java.util.Arrays;

/**
 * Makes hourly steps of the irregular measurements of a stay: after each of the 48 hours, what is
 * known by then.
 *
 * <p>Per variable, in blocks of 37 columns: the last value (0, the training mean, before the first
 * one), whether it was measured in this hour, the time since it was measured last (since admission
 * before the first time), and over all measurements so far the mean, the lowest, the highest, the
 * change since the first, and their number; then how far the last value, and the mean so far, is
 * more than one standard deviation below and above the training mean, since both ends of most
 * variables are bad; and the mean so far times the age. Then, equal in all steps, age, height,
 * weight, sex, which of these are missing, and the kind of unit (one-hot); at last the urine per
 * hour so far and the hour. Nothing of a later hour is in a step.
 */
final class StayFeatures {
  static final int VARIABLES = IcuVariable.values().length;

  /** Blocks of one column per variable. */
  enum Block {
    LAST,
    MEASURED,
    SINCE,
    MEAN,
    LOWEST,
    HIGHEST,
    CHANGE,
    COUNT,
    BELOW,
    ABOVE,
    MEAN_BELOW,
    MEAN_ABOVE,
    MEAN_BY_AGE;

    /** Its first column. */
    int column() {
      return ordinal() * VARIABLES;
    }
  }

  private static final int STATIC = Block.values().length * VARIABLES;
  private static final int AGE = STATIC;
  private static final int DESCRIPTORS = 3 + 1 + 4;
  private static final int UNITS = 4;
  private static final int URINE = STATIC + DESCRIPTORS + UNITS;
  private static final int HOUR = URINE + 1;

  /** F, columns per step. */
  static final int COUNT = HOUR + 1;

  private static final double LONGEST = Math.log1p(IcuStay.HOURS);

  private final StayNormalizer normalizer;

  StayFeatures(StayNormalizer normalizer) {
    this.normalizer = normalizer;
  }

  /** [48, F] of a stay. */
  float[] of(IcuStay stay) {
    float[] steps = new float[IcuStay.HOURS * COUNT];
    float[] now = new float[COUNT];
    writeStatic(stay, now);
    Running running = new Running();
    int next = 0;
    for (int hour = 0; hour < IcuStay.HOURS; hour++) {
      Arrays.fill(now, Block.MEASURED.column(), Block.MEASURED.column() + VARIABLES, 0);
      while (next < stay.measurements().size() && stay.measurements().get(next).hour() == hour) {
        Measurement m = stay.measurements().get(next++);
        running.add(m, normalizer.apply(m), now);
      }
      running.writeTimes(hour, now);
      System.arraycopy(now, 0, steps, hour * COUNT, COUNT);
    }
    return steps;
  }

  private void writeStatic(IcuStay stay, float[] now) {
    System.arraycopy(normalizer.descriptors(stay), 0, now, STATIC, 3);
    double male = stay.male();
    now[STATIC + 3] = Double.isNaN(male) ? 0 : (float) (2 * male - 1);
    double[] values = {stay.ageYears(), stay.heightCentimetres(), stay.weightKilograms(), male};
    for (int i = 0; i < values.length; i++) {
      now[STATIC + 4 + i] = Double.isNaN(values[i]) ? 1 : 0;
    }
    if (stay.unit().ordinal() < UNITS) {
      now[STATIC + DESCRIPTORS + stay.unit().ordinal()] = 1;
    }
  }

  /** What is carried from hour to hour. */
  private static final class Running {
    private final float[] first = new float[VARIABLES];
    private final double[] sums = new double[VARIABLES];
    private final int[] counts = new int[VARIABLES];
    private final int[] lastMinute = new int[VARIABLES];
    private double urineMillilitres;

    void add(Measurement m, float value, float[] now) {
      int v = m.variable().ordinal();
      if (counts[v] == 0) {
        first[v] = value;
        now[Block.LOWEST.column() + v] = value;
        now[Block.HIGHEST.column() + v] = value;
      }
      counts[v]++;
      sums[v] += value;
      lastMinute[v] = m.minute();
      now[Block.LAST.column() + v] = value;
      now[Block.BELOW.column() + v] = Math.max(0, -1 - value);
      now[Block.ABOVE.column() + v] = Math.max(0, value - 1);
      now[Block.MEASURED.column() + v] = 1;
      float mean = (float) (sums[v] / counts[v]);
      now[Block.MEAN.column() + v] = mean;
      now[Block.MEAN_BELOW.column() + v] = Math.max(0, -1 - mean);
      now[Block.MEAN_ABOVE.column() + v] = Math.max(0, mean - 1);
      now[Block.MEAN_BY_AGE.column() + v] = now[AGE] * mean;
      now[Block.LOWEST.column() + v] = Math.min(now[Block.LOWEST.column() + v], value);
      now[Block.HIGHEST.column() + v] = Math.max(now[Block.HIGHEST.column() + v], value);
      now[Block.CHANGE.column() + v] = value - first[v];
      now[Block.COUNT.column() + v] = (float) (Math.log1p(counts[v]) / LONGEST);
      if (m.variable() == IcuVariable.URINE) {
        urineMillilitres += m.value();
      }
    }

    /** Times are on the scale ln(1 + hours) / ln 49, which is 1 after 48 hours. */
    void writeTimes(int hour, float[] now) {
      int end = 60 * (hour + 1);
      for (int v = 0; v < VARIABLES; v++) {
        double hours = Math.max(0, end - lastMinute[v]) / 60.0;
        now[Block.SINCE.column() + v] = (float) (Math.log1p(hours) / LONGEST);
      }
      now[URINE] = (float) (Math.log1p(urineMillilitres / (hour + 1)) / LONGEST);
      now[HOUR] = (hour + 1) / (float) IcuStay.HOURS;
    }
  }
}
