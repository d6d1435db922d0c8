package io.carousel.lab;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BackwardThroughTimeTest {
  @Test
  void ledgerSumsToTheGradient() throws IOException {
    QuickLab.passes("bptt");
  }

  @Test
  void jacobianIsTheLecturesFormula() throws IOException {
    QuickLab.passes("jacobian");
  }
}
