/** What the tasks share: a run of training and the description of its result. */
@NullMarked
package io.carousel.task;

import org.jspecify.annotations.NullMarked;
