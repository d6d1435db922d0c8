/** Stays in intensive care: the files of the PhysioNet/CinC Challenge 2012. */
@NullMarked
package io.carousel.data.icu;

import org.jspecify.annotations.NullMarked;
