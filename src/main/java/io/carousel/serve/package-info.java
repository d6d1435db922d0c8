/**
 * Trained models inside a service: one immutable model for any number of threads, streams whose
 * state is carried from call to call, and a pool that gathers the steps of many streams.
 */
@NullMarked
package io.carousel.serve;

import org.jspecify.annotations.NullMarked;
