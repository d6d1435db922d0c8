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

  /** Whether this is the cell for which devices are fastest. */
  public boolean isStandard() {
    return equals(STANDARD);
  }
}
