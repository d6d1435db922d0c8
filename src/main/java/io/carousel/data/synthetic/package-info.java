/** Problems made of random numbers whose right answers are known: what a network can hold. */
@NullMarked
package io.carousel.data.synthetic;

import org.jspecify.annotations.NullMarked;
