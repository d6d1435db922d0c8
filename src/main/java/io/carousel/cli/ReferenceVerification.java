package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.io.Dtype;
import io.carousel.io.ReferenceCase;
import io.carousel.io.ReferenceRun;
import io.carousel.io.ReferenceSpec;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.Tolerance;
import java.io.IOException;
import java.nio.file.Path;

/** A reference case: inputs, weights, outputs, loss and gradients of a stack. */
record ReferenceVerification(Path file) implements Verification {
  /** Whether a file claims to hold a case: some of a case's metadata, not of a model's. */
  static boolean isCase(Path file) throws IOException {
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      return stored.metadata().containsKey("cell") || stored.metadata().containsKey("source");
    }
  }

  @Override
  public Outcome run(Device device, PlanChoice plan, Precision precision) throws IOException {
    ReferenceCase reference = ReferenceCase.read(file);
    ReferenceRun run = ReferenceRun.of(reference, device, plan, precision);
    ReferenceSpec stack = reference.spec();
    String what =
        "%s, %d layer(s), %d direction(s), T=%d B=%d I=%d H=%d%s, %s"
            .formatted(
                stack.cell().id(),
                stack.numLayers(),
                stack.directions(),
                stack.seqLen(),
                stack.batchSize(),
                stack.inputSize(),
                stack.hiddenSize(),
                stack.projSize() > 0 ? " R=" + stack.projSize() : "",
                reference.dtype());
    boolean float64 = reference.dtype() == Dtype.F64;
    return new Outcome(
        what, run.differences(), Tolerance.of(float64, device, precision), run.kernel());
  }
}
