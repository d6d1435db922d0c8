/**
 * Recurrent stacks: the time loop, back-propagation through time, and the façades RNN, LSTM and
 * GRU.
 */
@NullMarked
package io.carousel.rnn;

import org.jspecify.annotations.NullMarked;
