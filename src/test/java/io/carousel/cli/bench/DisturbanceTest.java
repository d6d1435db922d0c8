package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceTest {
  @ParameterizedTest
  @CsvSource({
    "0.25, 0, 0, true",
    "0.25, 0.06, 0.007, true",
    "0.25, 0.07, 0, false", // more than a quarter of a core went to others
    "0.25, 0, 0.008, false", // our threads waited more than 3 % of the time
    "0.25, -0.01, 0, true", // the system counts in hundredths of a second
  })
  void aTurnIsQuietWhenOthersAre(double seconds, double foreign, double delay, boolean quiet) {
    assertEquals(quiet, Disturbance.isQuiet(seconds, foreign, delay));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void linuxTells() {
    long resident = Linux.residentBytes().orElseThrow();
    assertTrue(resident > 1 << 20, "resident " + resident);
    assertTrue(Linux.peakResidentBytes().orElseThrow() >= resident / 2);
    double before = Linux.busySeconds().orElseThrow();
    assertTrue(before > 0);
    assertTrue(Linux.busySeconds().orElseThrow() >= before);
    assertTrue(Linux.delaySeconds().orElseThrow() >= 0);
  }
}
