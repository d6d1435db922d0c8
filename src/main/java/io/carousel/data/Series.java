package io.carousel.data;

import java.util.Arrays;

/** A named series of finite numbers, equally spaced in time; immutable. */
public final class Series {
  private final String name;
  private final float[] values;

  /**
   * A series of {@code values} (copied).
   *
   * @throws IllegalArgumentException when it is empty or a value is not finite; names the series
   *     and the first such index
   */
  public Series(String name, float[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("series '" + name + "' is empty");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "series '"
                + name
                + "' holds "
                + values[i]
                + " at index "
                + i
                + "; fill or cut such values first");
      }
    }
    this.name = name;
    this.values = values.clone();
  }

  /** What the series is called in messages. */
  public String name() {
    return name;
  }

  /** Number of values. */
  public int length() {
    return values.length;
  }

  /** The value at {@code index}. */
  public float get(int index) {
    return values[index];
  }

  /** All values; a new array. */
  public float[] values() {
    return values.clone();
  }

  /** The values of {@code range}; a new array. */
  public float[] values(IndexRange range) {
    range.within(values.length);
    return Arrays.copyOfRange(values, range.from(), range.to());
  }

  @Override
  public String toString() {
    return "Series[" + name + ", " + values.length + " values]";
  }
}
