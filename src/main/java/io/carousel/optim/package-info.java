/** Optimizers, learning-rate schedules and gradient clipping, by PyTorch's definitions. */
@NullMarked
package io.carousel.optim;

import org.jspecify.annotations.NullMarked;
