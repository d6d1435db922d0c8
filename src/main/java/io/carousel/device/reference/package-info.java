/**
 * The oracle: float64, naive loops, obviously right, slow. Other devices are measured against it.
 */
@NullMarked
package io.carousel.device.reference;

import org.jspecify.annotations.NullMarked;
