/** Abnormal heartbeats found by an autoencoder that knows normal ones only. */
@NullMarked
package io.carousel.task.ecg.anomaly;

import org.jspecify.annotations.NullMarked;
