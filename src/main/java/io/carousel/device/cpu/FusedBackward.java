package io.carousel.device.cpu;

import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PassGradients;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cpu.RunDescriptor.Size;
import io.carousel.device.cpu.RunDescriptor.Word;
import org.jspecify.annotations.Nullable;

/**
 * Back-propagation through time, through all layers and directions of a {@link FusedForward} that
 * has run in training.
 */
final class FusedBackward {
  private final FusedForward forward;
  private final RecurrentSpec spec;
  private final PassGradients gradients;
  private final Leases scratch;

  FusedBackward(FusedForward forward, PassGradients gradients, Leases scratch) {
    this.forward = forward;
    this.gradients = gradients;
    this.scratch = scratch;
    spec = forward.context.spec();
  }

  /** Runs all layers. Gates become gradients: it can be done once. */
  void run() {
    RunDescriptor.share(scratch, forward.runs, Size.CARRY, Word.CARRY);
    RunDescriptor.share(scratch, forward.runs, Size.SUMS, Word.SUMS);
    Matrix[] dLayerInputs = new Matrix[Math.min(spec.numLayers() - 1, 2)]; // in turns
    for (int i = 0; i < dLayerInputs.length; i++) {
      dLayerInputs[i] = scratch.lease(forward.shape.rows(), spec.outputSize());
    }
    Matrix dLayerOutput = gradients.dOutput();
    for (int layer = spec.numLayers() - 1; layer >= 0; layer--) {
      Matrix dLayerInput =
          layer == 0 ? gradients.dInput() : dLayerInputs[layer % dLayerInputs.length];
      for (int direction = 0; direction < spec.directions(); direction++) {
        run(layer * spec.directions() + direction, direction, dLayerOutput, dLayerInput);
      }
      if (layer > 0 && forward.dropout != null && dLayerInput != null) {
        forward.dropout.apply(layer - 1, dLayerInput);
      }
      dLayerOutput = dLayerInput;
    }
  }

  private void run(int index, int direction, @Nullable Matrix dOutput, @Nullable Matrix dInput) {
    FusedRun run = forward.runs[index];
    RunDescriptor words = run.words();
    int firstState = index * forward.shape.batchSize();
    words.view(Word.D_OUTPUT, dOutput, 0, direction * spec.hiddenSize());
    words.view(Word.D_HN, gradients.dHn(), firstState, 0);
    words.view(Word.D_CN, gradients.dCn(), firstState, 0);
    words.view(Word.D_H0, gradients.dH0(), firstState, 0);
    words.view(Word.D_C0, gradients.dC0(), firstState, 0);
    words.view(Word.D_X, dInput, 0, 0);
    words.set(Word.D_X_ADDS, direction);
    LayerWeights target = gradients.weights().get(index);
    words.view(Word.D_WEIGHT_IH, target.weightIh(), 0, 0);
    words.view(Word.D_WEIGHT_HH, target.weightHh(), 0, 0);
    words.point(Word.D_BIAS_IH, target.biasIh());
    words.point(Word.D_BIAS_HH, target.biasHh());
    if (forward.trace == null) {
      run.backward();
    } else {
      forward.trace.backward(run);
    }
    run.weightGradients();
  }
}
