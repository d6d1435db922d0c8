package io.carousel.device.cpu;

import io.carousel.device.PackedShape;

/**
 * How the time loop of one layer and direction is cut among threads: by rows, where each thread
 * takes its sequences through all steps without waiting for others, or by columns, where all
 * threads meet after every step. The cut never changes a bit of a result.
 */
final class WorkCut {
  /** Floating-point operations of one thread in a nanosecond, for estimates. */
  private static final double OPERATIONS_PER_NANO = 80;

  /** Forking and joining costs a microsecond or more; a part shall be worth it. */
  private static final double NANOS_PER_PART = 4_000;

  /** Bytes of weights that one thread reads in a nanosecond from its caches, for estimates. */
  private static final double BYTES_PER_NANO = 100;

  /** A step that takes one thread less than this is not cut by columns. */
  private static final double NANOS_PER_PLACE = 8_000;

  /** Fewer rows than this leave most of a tile of registers empty. */
  private static final int ROWS_PER_PART = 4;

  /**
   * Weights of a run that are larger do not stay in a shared cache (level 3, often 32 MB) beside
   * what else a step needs: then each thread had better read its share of the columns only. Below,
   * threads that never wait for each other are faster (docs/cpu.md).
   */
  private static final long CACHED_BYTES = 16L << 20;

  private final boolean byColumns;
  private final int columnParts;
  private final int[] rowBounds;
  private final double nanosPerRow;
  private final double nanosOfWeights;

  /**
   * A cut.
   *
   * @param shape of the batch
   * @param threads at most so many parts
   * @param panels of columns
   * @param weights factors that each row of a step is multiplied by
   */
  WorkCut(PackedShape shape, int threads, long panels, long weights) {
    nanosPerRow = nanosOfProducts(weights);
    nanosOfWeights = weights * Float.BYTES / BYTES_PER_NANO;
    int rowParts = rowParts(shape, threads);
    columnParts = (int) Math.min(threads, panels);
    byColumns =
        columnParts > 1
            && (rowParts < columnParts || weights * Float.BYTES > CACHED_BYTES)
            && shape.steps() > 0
            && isWorthFork(shape.stepRows(0));
    rowBounds = bounds(shape, rowParts);
  }

  private int rowParts(PackedShape shape, int threads) {
    int pieces = shape.steps() == 0 ? 0 : shape.stepRows(0) / ROWS_PER_PART;
    return parts(threads, pieces, nanosPerRow * shape.rows());
  }

  /** Parts of about the same Σ lengths; rows of length 0 go to the last one. */
  private static int[] bounds(PackedShape shape, int parts) {
    int[] bounds = new int[parts + 1];
    long total = 0;
    int part = 1;
    for (int row = 0; row < shape.batchSize() && part < parts; row++) {
      int length = shape.length(shape.callerRow(row));
      // a row belongs to the part in which its middle lies
      while (part < parts && 2 * total + length >= 2L * shape.rows() * part / parts) {
        bounds[part++] = row;
      }
      total += length;
    }
    bounds[parts] = shape.batchSize();
    return bounds;
  }

  /** Whether threads meet after every step. */
  boolean isByColumns() {
    return byColumns;
  }

  /** Number of parts by columns of a step with that many rows: 1 where a fork is not worth it. */
  int columnParts(int rows) {
    return isWorthFork(rows) ? parts(columnParts, columnParts, nanosOfStep(rows)) : 1;
  }

  /** Number of parts by rows. */
  int rowParts() {
    return rowBounds.length - 1;
  }

  /** The first sorted row of a part; that of the part after the last one is N. */
  int firstRow(int part) {
    return rowBounds[part];
  }

  private boolean isWorthFork(int rows) {
    return nanosOfStep(rows) >= NANOS_PER_PLACE;
  }

  /** Few rows take as long as their weights take to be read. */
  private double nanosOfStep(int rows) {
    return Math.max(nanosPerRow * rows, nanosOfWeights);
  }

  /** Parts of work that can be cut anywhere, such as a product over all rows. */
  static int parts(int threads, long pieces, double nanos) {
    long worth = Math.min(pieces, (long) (nanos / NANOS_PER_PART));
    return (int) Math.max(1, Math.min(threads, worth));
  }

  /** Estimated time of one thread for that many multiplications with an addition each. */
  static double nanosOfProducts(long multiplications) {
    return 2.0 * multiplications / OPERATIONS_PER_NANO;
  }
}
