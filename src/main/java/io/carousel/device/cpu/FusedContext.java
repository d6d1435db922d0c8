package io.carousel.device.cpu;

import io.carousel.device.MatrixPool;
import io.carousel.device.RecurrentSpec;

/**
 * What all parts of a fused plan stand on.
 *
 * @param spec the stack
 * @param instructions of the kernels
 * @param workers the device's threads
 * @param pool the plan's memory
 */
record FusedContext(
    RecurrentSpec spec, InstructionSet instructions, WorkerPool workers, MatrixPool pool) {
  /** The same with memory from another pool. */
  FusedContext withPool(MatrixPool other) {
    return new FusedContext(spec, instructions, workers, other);
  }
}
