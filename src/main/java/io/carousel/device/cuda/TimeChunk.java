package io.carousel.device.cuda;

import io.carousel.device.Matrix;

/**
 * Neighbouring time steps of a packed batch, which one launch runs.
 *
 * @param number in the order of time, from 0
 * @param firstStep t of the first one
 * @param steps how many
 * @param rows of these steps
 * @param offsets [steps + 1] integers in device memory: the first row of each step, counted from
 *     the chunk's first row, and the number of its rows
 */
record TimeChunk(int number, int firstStep, int steps, PackedRows rows, Matrix offsets) {}
