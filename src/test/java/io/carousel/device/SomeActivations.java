package io.carousel.device;

import java.util.ArrayList;
import java.util.List;

/** Functions of every kind, as tests go through them. */
public final class SomeActivations {
  private SomeActivations() {}

  /** Those that have no numbers, and the others with the numbers that ONNX has for them. */
  public static List<Activation> ofEveryKind() {
    List<Activation> all = new ArrayList<>();
    for (Activation.Kind kind : Activation.Kind.values()) {
      all.add(
          switch (kind) {
            case AFFINE -> Activation.affine(0.75, -0.25);
            case LEAKY_RELU -> Activation.leakyRelu(0.01);
            case THRESHOLDED_RELU -> Activation.thresholdedRelu(0.25);
            case SCALED_TANH -> Activation.scaledTanh(1.7, 0.6);
            case HARD_SIGMOID -> Activation.HARD_SIGMOID;
            case ELU -> Activation.elu(0.9);
            default -> new Activation(kind, 0, 0, 0);
          });
    }
    return all;
  }

  /** All of them, without and with a clip that some numbers of this size exceed. */
  public static List<Activation> clippedToo(double bound) {
    List<Activation> all = new ArrayList<>(ofEveryKind());
    for (Activation f : ofEveryKind()) {
      all.add(f.withClip(bound));
    }
    return all;
  }

  /** Numbers of another sign, some with a clip, and a hard sigmoid that is flat beyond 1/4. */
  public static List<Activation> unusual() {
    return List.of(
        Activation.hardSigmoid(-0.3, 0.4).withClip(1.1),
        Activation.hardSigmoid(2, 0.5),
        Activation.affine(-0.5, 0.1).withClip(0.7),
        Activation.scaledTanh(-0.8, 1.3),
        Activation.thresholdedRelu(-0.5),
        Activation.leakyRelu(0),
        Activation.elu(0));
  }
}
