/**
 * Files: safetensors, models, checkpoints and reference cases, read strictly and written
 * crash-safely.
 */
@NullMarked
package io.carousel.io;

import org.jspecify.annotations.NullMarked;
