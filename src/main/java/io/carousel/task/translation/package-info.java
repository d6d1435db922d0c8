/** Translation by an encoder and a decoder: texts, training, beam search, BLEU, report. */
@NullMarked
package io.carousel.task.translation;

import org.jspecify.annotations.NullMarked;
