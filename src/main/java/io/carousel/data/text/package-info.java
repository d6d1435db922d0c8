/** Text as sequences of ids. */
@NullMarked
package io.carousel.data.text;

import org.jspecify.annotations.NullMarked;
