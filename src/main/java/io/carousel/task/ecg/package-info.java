/** Forecasting an electrocardiogram and marking the beats that the forecast misses. */
@NullMarked
package io.carousel.task.ecg;

import org.jspecify.annotations.NullMarked;
