/** The risk to die in hospital, from the first 48 hours in an intensive care unit. */
@NullMarked
package io.carousel.task.icu;

import org.jspecify.annotations.NullMarked;
