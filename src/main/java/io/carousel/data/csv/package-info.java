/** Numeric series from text files with separated columns. */
@NullMarked
package io.carousel.data.csv;

import org.jspecify.annotations.NullMarked;
