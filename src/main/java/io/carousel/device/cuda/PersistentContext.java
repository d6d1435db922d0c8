package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.MatrixPool;
import io.carousel.device.RecurrentSpec;

/**
 * What all parts of a persistent plan stand on.
 *
 * @param spec the stack
 * @param operand how factors of products are stored
 * @param layouts how passes are cut
 * @param pool lends the memory: the plan's, or that of one pass
 */
record PersistentContext(
    RecurrentSpec spec, ElementType operand, PersistentLayouts layouts, MatrixPool pool) {
  /** The same with other memory. */
  PersistentContext withPool(MatrixPool other) {
    return new PersistentContext(spec, operand, layouts, other);
  }
}
