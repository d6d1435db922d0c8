package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;

/**
 * What all parts of a persistent plan stand on.
 *
 * @param spec the stack
 * @param operand how factors of products are stored
 * @param layouts how launches are cut
 * @param pool lends the memory: the plan's, or that of one pass
 * @param recompute whether training keeps states only, and backward computes the rest again
 */
record PersistentContext(
    RecurrentSpec spec,
    ElementType operand,
    PersistentLayouts layouts,
    MatrixPool pool,
    boolean recompute) {
  /** Fewer steps are not worth a launch of their own. */
  private static final int LEAST_STEPS = 8;

  /**
   * A layer of a wavefront begins one chunk after the layer below it, and ends one after it: more
   * chunks let layers wait less, and launch more often.
   */
  private static final int WAVEFRONT_CHUNKS = 8;

  /** Backward holds the gates of one chunk, and for each chunk the state that it starts from. */
  private static final int RECOMPUTED_CHUNKS = 16;

  /** The same with other memory. */
  PersistentContext withPool(MatrixPool other) {
    return new PersistentContext(spec, operand, layouts, other, recompute);
  }

  /** How many time steps of a batch are launched at a time. */
  int chunkSteps(PackedShape shape, boolean training) {
    boolean wavefront = layouts.sharing() == Sharing.LAYERS;
    int chunks = training && recompute ? RECOMPUTED_CHUNKS : wavefront ? WAVEFRONT_CHUNKS : 1;
    int steps = (shape.steps() + chunks - 1) / chunks;
    return Math.max(steps, LEAST_STEPS);
  }
}
