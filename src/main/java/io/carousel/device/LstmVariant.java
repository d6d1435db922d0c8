package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * How an LSTM cell departs from the standard one.
 *
 * <pre>
 * f  = gate(a_f + p_f∘c)        i = gate(a_i + p_i∘c), or 1 - f when coupled
 * g  = activation(a_g)          c' = f∘c + i∘g, bounded to [-cellClip, cellClip]
 * o  = gate(a_o + p_o∘c')       h = o∘cellOutput(c')
 * </pre>
 *
 * @param gateActivation of the gates i, f, o
 * @param activation of the cell input g
 * @param cellOutputActivation of the cell state on its way out
 * @param coupledInputForget whether i = 1 - f (Greff et al. 2017); forward does not look at the i
 *     block of the gates and writes 1 - f there, backward writes the gradient 0 there, and p_i
 *     counts for nothing
 * @param cellClip bound of |c|, 0 for none; no gradient flows through a cell that was clipped,
 *     which is one whose |f∘c + i∘g| is greater than the bound
 * @param peephole [3, H] without gaps, weights p_i, p_f, p_o through which i and f see the old cell
 *     state and o the new one (Gers and Schmidhuber 2000); null for none
 */
public record LstmVariant(
    Activation gateActivation,
    Activation activation,
    Activation cellOutputActivation,
    boolean coupledInputForget,
    double cellClip,
    @Nullable Matrix peephole) {
  /** Sigmoid gates, tanh, and nothing else. */
  public static final LstmVariant STANDARD =
      new LstmVariant(Activation.SIGMOID, Activation.TANH, Activation.TANH, false, 0, null);

  /** The variant of a stack whose peephole weights, where it has such, are these. */
  public static LstmVariant of(RecurrentSpec spec, @Nullable Matrix peephole) {
    LstmVariant variant =
        new LstmVariant(
            spec.gateActivation(),
            spec.activation(),
            spec.cellOutputActivation(),
            spec.coupledInputForget(),
            spec.cellClip(),
            peephole);
    return variant.equals(STANDARD) ? STANDARD : variant;
  }

  /** Whether this is the cell for which devices are fastest. */
  public boolean isStandard() {
    return equals(STANDARD);
  }
}
