package io.carousel.device;

/**
 * The functions of a GRU cell.
 *
 * @param gateActivation of the gates r and z
 * @param activation of the candidate n
 */
public record GruVariant(Activation gateActivation, Activation activation) {
  /** Sigmoid and tanh. */
  public static final GruVariant STANDARD = new GruVariant(Activation.SIGMOID, Activation.TANH);

  /** The variant of a stack. */
  public static GruVariant of(RecurrentSpec spec) {
    GruVariant variant = new GruVariant(spec.gateActivation(), spec.activation());
    return variant.equals(STANDARD) ? STANDARD : variant;
  }

  /** Whether this is the cell for which devices are fastest. */
  public boolean isStandard() {
    return equals(STANDARD);
  }
}
