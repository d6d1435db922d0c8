package io.carousel.device.cpu;

import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import java.util.Arrays;

/** Sums over rows, and their selection. */
interface CpuRows extends ElementwiseOperations, CpuOperations {
  /** Rows that are summed before their sum is added: keeps rounding errors small. */
  int BLOCK = 64;

  @Override
  default void sumRows(Matrix x, double beta, Matrix sum) {
    begin(x, sum);
    OperandChecks.rowOf(x, "sum", sum);
    workers()
        .ranges(
            x.columns(),
            16,
            0.4 * x.size(),
            (part, tile, from, to) -> {
              for (long column = from; column < to; column += Tile.SIZE) {
                int width = (int) Math.min(Tile.SIZE, to - column);
                sumColumns(tile, x, column, width, beta, sum);
              }
            });
  }

  private static void sumColumns(
      Tile t, Matrix x, long column, int width, double beta, Matrix sum) {
    float[] total = t.lane(0);
    float[] block = t.lane(1);
    Arrays.fill(total, 0, width, 0);
    for (int start = 0; start < x.rows(); start += BLOCK) {
      Arrays.fill(block, 0, width, 0);
      for (int row = start; row < Math.min(x.rows(), start + BLOCK); row++) {
        t.place(row, 1, column, width);
        Loops.add(block, t.load(2, x), width);
      }
      Loops.add(total, block, width);
    }
    t.place(0, 1, column, width);
    if (beta != 0) {
      Loops.axpy((float) beta, t.load(2, sum), total, width);
    }
    t.store(total, sum);
  }

  @Override
  default void gatherRows(Matrix table, Matrix ids, Matrix out) {
    begin(table, ids, out);
    OperandChecks.rowSelection(table, ids, out);
    workers()
        .ranges(
            out.rows(),
            1,
            0.5 * out.size(),
            (part, tile, from, to) -> {
              for (int r = (int) from; r < to; r++) {
                int id = CpuBuffer.integers(ids).integer(ids.offset() + r);
                for (int column = 0; column < out.columns(); column += Tile.SIZE) {
                  int width = Math.min(Tile.SIZE, out.columns() - column);
                  if (id < 0) {
                    Arrays.fill(tile.lane(0), 0, width, 0);
                  } else {
                    tile.place(id, 1, column, width);
                    tile.load(0, table);
                  }
                  tile.place(r, 1, column, width);
                  tile.store(tile.lane(0), out);
                }
              }
            });
  }

  @Override
  default void scatterAddRows(Matrix rows, Matrix ids, Matrix table) {
    begin(rows, ids, table);
    OperandChecks.rowSelection(table, ids, rows);
    // cut by columns: each thread adds the rows of its columns in their order
    workers()
        .ranges(
            rows.columns(),
            16,
            0.7 * rows.size(),
            (part, tile, from, to) -> {
              for (int r = 0; r < rows.rows(); r++) {
                int id = CpuBuffer.integers(ids).integer(ids.offset() + r);
                for (long column = from; id >= 0 && column < to; column += Tile.SIZE) {
                  int width = (int) Math.min(Tile.SIZE, to - column);
                  tile.place(r, 1, column, width);
                  tile.load(0, rows);
                  tile.place(id, 1, column, width);
                  Loops.add(tile.load(1, table), tile.lane(0), width);
                  tile.store(tile.lane(1), table);
                }
              }
            });
  }
}
