package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** What every family of operations stands on. */
interface CpuOperations {
  /** Checks the holding thread and that the operands are open and lie on this device. */
  void begin(@Nullable Matrix... operands);

  /** The same for one operand, without an array: nothing is allocated. */
  void begin(@Nullable Matrix operand);

  /** The same for two. */
  default void begin(@Nullable Matrix a, @Nullable Matrix b) {
    begin(a);
    begin(b);
  }

  /** The same for three. */
  default void begin(@Nullable Matrix a, @Nullable Matrix b, @Nullable Matrix c) {
    begin(a, b);
    begin(c);
  }

  /** Where the work goes. */
  Workers workers();

  /** Tasks that are used again and again. */
  HeadTasks headTasks();

  /** Runs a task over all tiles of a matrix. */
  default void overTiles(double nanosPerElement, Workers.TileTask task, Matrix a) {
    overTiles(nanosPerElement, task, a, a, a);
  }

  /** Runs a task over all tiles of two matrices of one shape. */
  default void overTiles(double nanosPerElement, Workers.TileTask task, Matrix a, Matrix b) {
    overTiles(nanosPerElement, task, a, b, b);
  }

  /** Runs a task over all tiles of three matrices of one shape. */
  default void overTiles(
      double nanosPerElement, Workers.TileTask task, Matrix a, Matrix b, Matrix c) {
    if (a.isContiguous() && b.isContiguous() && c.isContiguous()) {
      workers().flatTiles(a.size(), nanosPerElement, task);
    } else {
      workers().tiles(a.rows(), a.columns(), nanosPerElement, task);
    }
  }
}
