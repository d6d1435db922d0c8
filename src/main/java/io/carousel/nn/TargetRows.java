package io.carousel.nn;

import org.jspecify.annotations.Nullable;

/**
 * Targets on the host, one row for each row of a model's output.
 *
 * @param values [rows, columns] numbers row by row; empty for labels
 * @param labels one class per row; empty for numbers
 * @param weights one per row, finite and not negative, 0 to mask it; null for 1 each
 */
public record TargetRows(float[] values, int[] labels, float @Nullable [] weights) {}
