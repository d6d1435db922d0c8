/** Parameters, initial values, layers over rows, and losses. */
@NullMarked
package io.carousel.nn;

import org.jspecify.annotations.NullMarked;
