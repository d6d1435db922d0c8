/** How gradients flow through time: measured in real training, and taken apart. */
@NullMarked
package io.carousel.flow;

import org.jspecify.annotations.NullMarked;
