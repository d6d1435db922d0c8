/** The live page: an electrocardiogram replayed through a model while one watches. */
@NullMarked
package io.carousel.task.ecg.live;

import org.jspecify.annotations.NullMarked;
