package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.Leases;

/**
 * Lends matrices with a row for every packed row.
 *
 * @param leases for as long as they are of use
 * @param rows of each: of all steps, or of the largest chunk
 * @param all whether of all steps
 */
record StepLeases(Leases leases, int rows, boolean all) {
  /** Lends one. */
  StepMatrix lease(ElementType type, int columns) {
    return new StepMatrix(leases.lease(type, rows, columns), all);
  }
}
