package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LongTimesTest {
  @Test
  void identityLearnsToAdd() throws IOException {
    QuickLab.passes("irnn");
  }

  @Test
  void lstmHoldsNumbersAndSymbols() throws IOException {
    Outcome outcome = QuickLab.passes("lstm");
    assertEquals(3, outcome.pictures().size());
  }

  @Test
  void clippingSolvesTemporalOrder() throws IOException {
    QuickLab.passes("clipping");
  }
}
