/**
 * The processor as a device: float32 in native memory, oneDNN's matrix product, gate functions that
 * the just-in-time compiler vectorises, recurrent kernels of our own for the fused plan, and a
 * thread pool.
 */
@NullMarked
package io.carousel.device.cpu;

import org.jspecify.annotations.NullMarked;
