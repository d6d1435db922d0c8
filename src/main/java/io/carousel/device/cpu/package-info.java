/**
 * The processor as a device: float32 in native memory, oneDNN's matrix product, gate functions that
 * the just-in-time compiler vectorises, and a thread pool of its own.
 */
@NullMarked
package io.carousel.device.cpu;

import org.jspecify.annotations.NullMarked;
