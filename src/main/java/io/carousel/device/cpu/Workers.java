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

  /** A sum over one tile. */
  @FunctionalInterface
  interface TileSum {
    /** The sum over the rectangle that the tile stands for. */
    double run(Tile tile);
  }

  private final WorkerPool pool;
  private final Tile[] tiles;
  private final double[] sums;
  private final Fork fork = new Fork();
  private final RowTiles rowTiles = new RowTiles();
  private final FlatTiles flatTiles = new FlatTiles();

  Workers(WorkerPool pool) {
    this.pool = pool;
    tiles = new Tile[pool.threads()];
    sums = new double[pool.threads()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new Tile();
    }
  }

  /** The most parts there can be. */
  int threads() {
    return tiles.length;
  }

  /**
   * Runs a task over 0..length-1 in parts, and returns when they are done. A task must not call
   * this object.
   *
   * @param grain parts start at multiples of it
   * @param nanos estimated time of the whole on one thread
   */
  void ranges(long length, int grain, double nanos, RangeTask task) {
    if (length == 0) {
      return;
    }
    long grains = (length + grain - 1) / grain;
    long worth = Math.min(grains, (long) (nanos / NANOS_PER_PART));
    int parts = (int) Math.max(1, Math.min(tiles.length, worth));
    if (parts == 1) {
      task.run(0, tiles[0], 0, length);
      return;
    }
    fork.task = task;
    fork.length = length;
    fork.grain = grain;
    fork.parts = parts;
    pool.run(parts, fork);
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

  /** The sum over all tiles of a rectangle, tile after tile in each part. */
  double sumTiles(int rows, int columns, double nanosPerElement, TileSum task) {
    return sum(
        rows,
        1,
        nanosPerElement * rows * columns,
        (tile, from, to) -> {
          double total = 0;
          int rowsPerTile = rowsPerTile(columns);
          for (int row = (int) from; row < to; row += rowsPerTile) {
            int count = (int) Math.min(rowsPerTile, to - row);
            for (int column = 0; column < columns; column += Tile.SIZE) {
              tile.place(row, count, column, Math.min(Tile.SIZE, columns - column));
              total += task.run(tile);
            }
          }
          return total;
        });
  }

  private static int rowsPerTile(int columns) {
    return Math.max(1, Tile.SIZE / Math.max(1, columns));
  }

  /**
   * Runs a task over all tiles of a rectangle, rows cut into parts.
   *
   * @param nanosPerElement estimated time of an element
   */
  void tiles(int rows, int columns, double nanosPerElement, TileTask task) {
    if (columns > 0) {
      rowTiles.columns = columns;
      rowTiles.task = task;
      ranges(rows, 1, nanosPerElement * rows * columns, rowTiles);
    }
  }

  /** Runs a task over all tiles of contiguous matrices with that many elements. */
  void flatTiles(long elements, double nanosPerElement, TileTask task) {
    flatTiles.task = task;
    ranges(elements, GRAIN, nanosPerElement * elements, flatTiles);
  }

  /**
   * Gives each part its range: equal up to one grain. One object, so that forks allocate nothing.
   */
  private final class Fork implements WorkerPool.Task {
    private RangeTask task = (part, tile, from, to) -> {};
    private long length;
    private int grain;
    private int parts;

    @Override
    public void run(int part) {
      task.run(part, tiles[part], start(part), start(part + 1));
    }

    private long start(int part) {
      long grains = (length + grain - 1) / grain;
      return Math.min(length, grains * part / parts * grain);
    }
  }

  /** Whole rows, as many as fit a tile, or pieces of one row. */
  private static final class RowTiles implements RangeTask {
    private TileTask task = tile -> {};
    private int columns;

    @Override
    public void run(int part, Tile tile, long from, long to) {
      int rowsPerTile = rowsPerTile(columns);
      for (int row = (int) from; row < to; row += rowsPerTile) {
        int rows = (int) Math.min(rowsPerTile, to - row);
        for (int column = 0; column < columns; column += Tile.SIZE) {
          tile.place(row, rows, column, Math.min(Tile.SIZE, columns - column));
          task.run(tile);
        }
      }
    }
  }

  /** Runs of elements, whatever the rows. */
  private static final class FlatTiles implements RangeTask {
    private TileTask task = tile -> {};

    @Override
    public void run(int part, Tile tile, long from, long to) {
      for (long start = from; start < to; start += Tile.SIZE) {
        tile.place(0, 1, start, (int) Math.min(Tile.SIZE, to - start));
        task.run(tile);
      }
    }
  }
}
