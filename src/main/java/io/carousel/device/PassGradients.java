package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a backward pass; see {@link RecurrentPlan.Pass#backward}.
 *
 * @param dOutput read, null for zeros
 * @param dHn read, null for zeros
 * @param dCn read, null for zeros
 * @param weights accumulated
 * @param dInput overwritten, null where not wanted
 * @param dH0 overwritten, null where not wanted
 * @param dC0 overwritten, null where not wanted
 */
public record PassGradients(
    @Nullable Matrix dOutput,
    @Nullable Matrix dHn,
    @Nullable Matrix dCn,
    List<LayerWeights> weights,
    @Nullable Matrix dInput,
    @Nullable Matrix dH0,
    @Nullable Matrix dC0) {
  /** Operands of our own for gradients of the same weights. */
  public PassGradients lease(Leases leases) {
    return new PassGradients(
        leases.leaseLike(dOutput),
        leases.leaseLike(dHn),
        leases.leaseLike(dCn),
        weights,
        leases.leaseLike(dInput),
        leases.leaseLike(dH0),
        leases.leaseLike(dC0));
  }

  /** Whether the same is given and wanted, for the same weights. */
  public boolean isLike(PassGradients other) {
    return weights.equals(other.weights)
        && (dOutput == null) == (other.dOutput == null)
        && (dHn == null) == (other.dHn == null)
        && (dCn == null) == (other.dCn == null)
        && (dInput == null) == (other.dInput == null)
        && (dH0 == null) == (other.dH0 == null)
        && (dC0 == null) == (other.dC0 == null);
  }

  /** All must be open and lie on the device. */
  public void requireUsable(Device device) {
    OperandChecks.onDevice(device, dOutput, dHn, dCn, dInput, dH0, dC0);
    OperandChecks.onDevice(device, weights);
  }
}
