package io.carousel.serve;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An idle session of a pool that was turned to bytes. */
@Name("io.carousel.SessionEviction")
@Label("Session Eviction")
@Category("Carousel")
@StackTrace(false)
final class EvictionEvent extends Event {
  @Label("Size")
  @DataAmount(DataAmount.BYTES)
  long bytes;
}
