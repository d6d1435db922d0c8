package io.carousel.lab;

import io.carousel.nn.TargetRows;
import java.util.Arrays;

/**
 * Examples without an order in time, row by row, with numbers or labels to be learned of them.
 *
 * @param count number of rows
 * @param inputs [count, features]
 * @param columns targets per row, 1 for labels
 * @param values [count, columns] numbers, empty for labels
 * @param labels one class per row, empty for numbers
 */
record Rows(int count, float[] inputs, int columns, float[] values, int[] labels) {
  static Rows ofValues(int count, float[] inputs, float[] values) {
    return new Rows(count, inputs, values.length / count, values, new int[0]);
  }

  static Rows ofLabels(float[] inputs, int... labels) {
    return new Rows(labels.length, inputs, 1, new float[0], labels);
  }

  /** Features per row. */
  int features() {
    return inputs.length / count;
  }

  TargetRows targets() {
    return new TargetRows(values, labels, null);
  }

  /** Some of the rows, in the order of their numbers. */
  Rows select(int... rows) {
    return new Rows(
        rows.length,
        select(inputs, features(), rows),
        columns,
        values.length == 0 ? values : select(values, columns, rows),
        labels.length == 0 ? labels : Arrays.stream(rows).map(r -> labels[r]).toArray());
  }

  private static float[] select(float[] from, int width, int... rows) {
    float[] selected = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(from, rows[i] * width, selected, i * width, width);
    }
    return selected;
  }
}
