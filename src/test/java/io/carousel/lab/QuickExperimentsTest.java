package io.carousel.lab;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuickExperimentsTest {
  @ParameterizedTest
  @ValueSource(strings = {"perceptron", "sgd", "chain-rule", "order", "sharing"})
  void passes(String name) throws IOException {
    QuickLab.passes(name);
  }
}
