package io.carousel.serve;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A batch of steps that a pool ran; its duration is that of the computation. */
@Name("io.carousel.StepBatch")
@Label("Step Batch")
@Category("Carousel")
@StackTrace(false)
final class StepBatchEvent extends Event {
  @Label("Sessions")
  int sessions;

  @Label("Wait")
  @Description("From the acceptance of the oldest call to the start of the batch")
  @Timespan(Timespan.NANOSECONDS)
  long waitNanos;
}
