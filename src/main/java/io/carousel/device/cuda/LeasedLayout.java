package io.carousel.device.cuda;

import io.carousel.device.Matrix;

/**
 * How launches are cut, and the memory that they work in, one after the other.
 *
 * @param layout of the pass
 * @param workspace as large as the layout says; contents do not matter
 */
record LeasedLayout(PersistentLayout layout, Matrix workspace) {}
