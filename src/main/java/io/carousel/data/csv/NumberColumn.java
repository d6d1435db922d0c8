package io.carousel.data.csv;

import java.util.Arrays;

/** Numbers that grow in number. */
final class NumberColumn {
  private double[] values = new double[64];
  private int size;

  void add(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(2, size));
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  double[] doubles() {
    return Arrays.copyOf(values, size);
  }

  float[] floats() {
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
