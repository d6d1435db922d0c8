package io.carousel.device.cuda;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to compute a chunk's gates again.
 *
 * @param products real, as many rows as the largest chunk, G·H columns: h·W_hhᵀ
 * @param c [N, H] the running cell state, null where there is none
 */
record ReplayScratch(Matrix products, @Nullable Matrix c) {}
