/** Data that is made up by rules and a seed, and needs no files. */
@NullMarked
package io.carousel.data.synthetic;

import org.jspecify.annotations.NullMarked;
