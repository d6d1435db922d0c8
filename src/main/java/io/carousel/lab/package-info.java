/**
 * The laboratory: one experiment per idea about recurrent networks, each of which explains,
 * measures and judges itself.
 */
@NullMarked
package io.carousel.lab;

import org.jspecify.annotations.NullMarked;
