package io.carousel.device.cpu;

import java.util.Arrays;

/**
 * Cuts the operations of one queue into parts and tiles. The cut depends on the shape and on the
 * number of threads, on nothing else.
 */
final class Workers {
  /** Forking and joining costs some microseconds; a part shall be worth it. */
  private static final long NANOS_PER_PART = 5_000;

  /** Parts start at multiples of this, in elements: a vector register of 64 bytes. */
  private static final int GRAIN = 16;

  /** Work on one tile. */
  @FunctionalInterface
  interface TileTask {
    /** Does the work for the rectangle that the tile stands for. */
    void run(Tile tile);
  }

  /** Work on a range of rows, columns or elements. */
  @FunctionalInterface
  interface RangeTask {
    /** Does the elements from..to-1; the part's tile is scratch space. */
    void run(int part, Tile tile, long from, long to);
  }

  /** A sum over a range. */
  @FunctionalInterface
  interface RangeSum {
    /** The sum over the elements from..to-1. */
    double run(Tile tile, long from, long to);
  }

  private final WorkerPool pool;
  private final Tile[] tiles;
  private final double[] sums;

  Workers(WorkerPool pool) {
    this.pool = pool;
    tiles = new Tile[pool.threads()];
    sums = new double[pool.threads()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new Tile();
    }
  }

  /** Number of threads, the most parts there can be. */
  int threads() {
    return tiles.length;
  }

  /** How many parts a piece of work is worth. */
  int parts(double nanos, long most) {
    long worth = Math.min(most, (long) (nanos / NANOS_PER_PART));
    return (int) Math.max(1, Math.min(tiles.length, worth));
  }

  /**
   * Runs a task over 0..length-1 in parts.
   *
   * @param grain parts start at multiples of it
   * @param nanos estimated time of the whole on one thread
   */
  void ranges(long length, int grain, double nanos, RangeTask task) {
    if (length == 0) {
      return;
    }
    int parts = parts(nanos, (length + grain - 1) / grain);
    if (parts == 1) {
      task.run(0, tiles[0], 0, length);
      return;
    }
    pool.run(
        parts,
        part ->
            task.run(
                part,
                tiles[part],
                start(part, parts, length, grain),
                start(part + 1, parts, length, grain)));
  }

  /** The sum over 0..length-1: parts are summed, then their sums in the order of parts. */
  double sum(long length, int grain, double nanos, RangeSum task) {
    Arrays.fill(sums, 0);
    ranges(length, grain, nanos, (part, tile, from, to) -> sums[part] = task.run(tile, from, to));
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  /** Where a part starts: parts are equal up to one grain. */
  static long start(int part, int parts, long length, int grain) {
    long grains = (length + grain - 1) / grain;
    return Math.min(length, grains * part / parts * grain);
  }

  /**
   * Runs a task over all tiles of a rectangle, rows cut into parts.
   *
   * @param nanosPerElement estimated time of an element
   */
  void tiles(int rows, int columns, double nanosPerElement, TileTask task) {
    if (columns == 0) {
      return;
    }
    int rowsPerTile = Math.max(1, Tile.SIZE / columns);
    ranges(
        rows,
        1,
        nanosPerElement * rows * columns,
        (part, tile, from, to) -> {
          for (int row = (int) from; row < to; row += rowsPerTile) {
            int count = (int) Math.min(rowsPerTile, to - row);
            for (int column = 0; column < columns; column += Tile.SIZE) {
              tile.place(row, count, column, Math.min(Tile.SIZE, columns - column));
              task.run(tile);
            }
          }
        });
  }

  /** Runs a task over all tiles of contiguous matrices with that many elements. */
  void flatTiles(long elements, double nanosPerElement, TileTask task) {
    ranges(
        elements,
        GRAIN,
        nanosPerElement * elements,
        (part, tile, from, to) -> {
          for (long start = from; start < to; start += Tile.SIZE) {
            tile.place(0, 1, start, (int) Math.min(Tile.SIZE, to - start));
            task.run(tile);
          }
        });
  }
}
