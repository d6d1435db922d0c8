/** Figures of a service for Micrometer, whose library is optional: nothing else needs it. */
@NullMarked
package io.carousel.serve.metrics;

import org.jspecify.annotations.NullMarked;
