/** Training: objectives, the loop, validation, checkpoints, listeners. */
@NullMarked
package io.carousel.train;

import org.jspecify.annotations.NullMarked;
