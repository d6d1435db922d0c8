package io.carousel.optim;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The named arrays of an optimizer's state, read with checks of names and lengths. */
final class StateArrays {
  private final Map<String, double[]> arrays;
  private final Set<String> read = new HashSet<>();

  StateArrays(Map<String, double[]> arrays) {
    this.arrays = arrays;
  }

  boolean contains(String name) {
    return arrays.containsKey(name);
  }

  double[] get(String name, int length) {
    double[] array = arrays.get(name);
    if (array == null || array.length != length) {
      throw new IllegalArgumentException(
          "optimizer state: '%s' must have %d values, %s"
              .formatted(name, length, array == null ? "is missing" : "has " + array.length));
    }
    read.add(name);
    return array;
  }

  /** A number of steps, from 0. */
  long count(String name) {
    double value = get(name, 1)[0];
    if (!(value >= 0 && value <= 0x1p53 && value == Math.rint(value))) {
      throw new IllegalArgumentException(
          "optimizer state: '%s' must be a number of steps, got %s".formatted(name, value));
    }
    return (long) value;
  }

  void requireAllRead() {
    for (String name : arrays.keySet()) {
      if (!read.contains(name)) {
        throw new IllegalArgumentException(
            "optimizer state: '%s' belongs to no parameter of this model and optimizer"
                .formatted(name));
      }
    }
  }
}
