/** Timing of recurrent stacks: what {@code carousel bench} measures. */
@NullMarked
package io.carousel.cli.bench;

import org.jspecify.annotations.NullMarked;
