/** Classes of heartbeats in long electrocardiograms. */
@NullMarked
package io.carousel.task.ecg.beats;

import org.jspecify.annotations.NullMarked;
