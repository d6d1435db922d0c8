package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Activation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class VanishingExperimentTest {
  @Test
  void passes() throws IOException {
    QuickLab.passes("vanishing");
  }

  /** Where the state settles at zero, tanh is the identity and the rate is ln g. */
  @Test
  void meanFieldOfQuietNetworksIsTheSpectralRadius() {
    assertEquals(Math.log(0.5), MeanField.ofRnn(Activation.TANH, 0.5, 0), 1e-6);
    assertEquals(-Math.log(2) / 2, MeanField.ofRnn(Activation.RELU, 1, 0.25), 1e-12);
  }

  /** Without recurrent weights only the gates carry on. */
  @Test
  void meanFieldOfGatesAloneIsTheGate() {
    MeanField.Gated lstm = MeanField.ofLstm(0, 0, 1, 1);
    double kept = Math.log(1 / (1 + Math.exp(-1)));
    assertEquals(kept, lstm.independent(), 1e-9);
    assertEquals(kept, lstm.frozen(), 1e-9);
    assertEquals(Math.log(0.5), MeanField.ofGru(0, 0, 1).independent(), 1e-9);
    assertTrue(MeanField.ofGru(10, 0.25, 1).independent() > 0.5);
  }
}
