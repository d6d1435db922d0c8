/** Series, splits, windows and batches in plain arrays; nothing here knows a device. */
@NullMarked
package io.carousel.data;

import org.jspecify.annotations.NullMarked;
