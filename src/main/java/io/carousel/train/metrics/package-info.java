/** Figures of merit computed from scores and labels. */
@NullMarked
package io.carousel.train.metrics;

import org.jspecify.annotations.NullMarked;
