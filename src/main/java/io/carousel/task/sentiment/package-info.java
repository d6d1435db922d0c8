/** The sentiment of sentences: film reviews of the Stanford Sentiment Treebank. */
@NullMarked
package io.carousel.task.sentiment;

import org.jspecify.annotations.NullMarked;
