package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationTest {
  private static void refused(String message, Executable making) {
    Exception e = assertThrows(IllegalArgumentException.class, making);
    assertEquals(message, e.getMessage());
  }

  @Test
  void textsAreThoseOfFilesAndComeBack() {
    assertEquals("tanh", Activation.TANH.toString());
    assertEquals("hard_sigmoid(alpha=0.2, beta=0.5)", Activation.HARD_SIGMOID.toString());
    assertEquals("relu(clip=3.0)", Activation.RELU.withClip(3).toString());
    for (Activation f : SomeActivations.clippedToo(1e-9)) {
      assertEquals(f, Activation.parse(f.toString()));
    }
    for (Activation f : SomeActivations.unusual()) {
      assertEquals(f, Activation.parse(f.toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "step",
        "TANH",
        "tanh()",
        "hard_sigmoid",
        "hard_sigmoid(beta=0.5, alpha=0.2)",
        "elu(alpha=1)",
        "elu(alpha=x)",
        "elu(alpha=1.0",
        "elu(alpha=1.0, alpha=1.0)",
        "elu(alpha=1.0) "
      })
  void otherTextsAreRefused(String text) {
    refused("unknown activation '" + text + "'", () -> Activation.parse(text));
  }

  @Test
  void numbersThatAFormulaDoesNotTakeAreRefused() {
    refused("tanh has no alpha, got 1.0", () -> new Activation(Activation.Kind.TANH, 1, 0, 0));
    refused("elu has no beta, got 1.0", () -> new Activation(Activation.Kind.ELU, 1, 1, 0));
    refused("affine needs a finite alpha, got NaN", () -> Activation.affine(Double.NaN, 0));
    refused("affine needs a finite beta, got NaN", () -> Activation.affine(0, Double.NaN));
    refused("elu needs an alpha from 0 on, got -1.0", () -> Activation.elu(-1));
    refused("leaky_relu needs an alpha from 0 on, got -0.1", () -> Activation.leakyRelu(-0.1));
    refused("scaled_tanh needs an alpha other than 0, got 0.0", () -> Activation.scaledTanh(0, 1));
    String bound = "tanh needs a finite clip from 0 on, got ";
    refused(bound + "-1.0", () -> Activation.TANH.withClip(-1));
    refused(bound + "NaN", () -> Activation.TANH.withClip(Double.NaN));
    refused(bound + "Infinity", () -> Activation.TANH.withClip(Double.POSITIVE_INFINITY));
    refused(bound + "-1.0", () -> Activation.parse("tanh(clip=-1.0)"));
  }
}
