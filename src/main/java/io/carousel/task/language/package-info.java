/** Language models over characters and words: training, judging, sampling. */
@NullMarked
package io.carousel.task.language;

import org.jspecify.annotations.NullMarked;
