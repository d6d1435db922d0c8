package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DurationsTest {
  @Test
  void quantilesLieBetweenTheSortedTimes() {
    long[] nanos = {5_000, 1_000, 4_000};
    Durations durations = Durations.of(List.of(nanos, new long[] {2_000, 3_000, 11_000}));
    assertEquals(6, durations.count());
    assertEquals(1e-6, durations.min(), 1e-15);
    assertEquals(1.5e-6, durations.p10(), 1e-15);
    assertEquals(3.5e-6, durations.median(), 1e-15);
    assertEquals(8e-6, durations.p90(), 1e-15);
    assertEquals(10.7e-6, durations.p99(), 1e-15);
    assertEquals(11e-6, durations.max(), 1e-15);
    assertEquals(5_000, nanos[0], "the times stay as they were");
  }

  @Test
  void oneTimeIsEveryQuantile() {
    Durations expected = new Durations(1, 7e-9, 7e-9, 7e-9, 7e-9, 7e-9, 7e-9);
    assertEquals(expected, Durations.of(List.of(new long[] {7})));
  }
}
