package io.carousel.device.cpu;

import io.carousel.device.LayerDropout;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cpu.RunDescriptor.Size;
import io.carousel.device.cpu.RunDescriptor.Word;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass through all layers and directions for batches of one shape, the same in training
 * and inference, with the memory that it takes. In inference {@link #run} can be called many times,
 * and allocates nothing.
 */
final class FusedForward {
  final FusedContext context;
  final PackedShape shape;

  /** Everything that lasts as long as this object. */
  final Leases leases;

  /** All layers and directions, index k·D + d. */
  final FusedRun[] runs;

  /** In training, null where the stack has none. */
  final @Nullable LayerDropout dropout;

  final @Nullable FusedTrace trace;
  private final PackedWeights weights;
  private final Matrix[] layerOutputs; // of all layers but the last, in turns

  /**
   * Leases the memory and tells the kernels of the batch.
   *
   * @param dropoutKey looked at in training only
   */
  FusedForward(
      FusedContext context,
      PackedWeights weights,
      Queue queue,
      PackedShape shape,
      boolean training,
      long dropoutKey,
      @Nullable Trace trace) {
    this.context = context;
    this.weights = weights;
    this.shape = shape;
    RecurrentSpec spec = context.spec();
    leases = new Leases(context.pool());
    try {
      dropout = training ? LayerDropout.of(queue, spec, shape, leases, dropoutKey) : null;
      this.trace = trace == null ? null : new FusedTrace(trace, spec, shape, leases);
      int kept = spec.numLayers() - 1;
      layerOutputs = new Matrix[training ? kept : Math.min(kept, 2)];
      for (int i = 0; i < layerOutputs.length; i++) {
        layerOutputs[i] = leases.lease(shape.rows(), spec.outputSize());
      }
      runs = describeRuns(queue, training);
      if (!training) {
        RunDescriptor.share(leases, runs, Size.GATES, Word.GATES);
        RunDescriptor.share(leases, runs, Size.STATES, Word.STATES);
      }
    } catch (RuntimeException e) {
      leases.close();
      throw e;
    }
  }

  private FusedRun[] describeRuns(Queue queue, boolean training) {
    RecurrentSpec spec = context.spec();
    BatchRows batch = new BatchRows(queue, shape, leases);
    FusedRun[] made = new FusedRun[spec.runs()];
    for (int run = 0; run < made.length; run++) {
      RunDescriptor words = new RunDescriptor(leases);
      words.describe(context.instructions(), spec, run, training);
      batch.describe(words);
      if (training) {
        words.point(Word.GATES, words.lease(leases, Size.GATES));
        words.point(Word.STATES, words.lease(leases, Size.STATES));
      }
      if (trace != null) {
        trace.describe(words);
      }
      made[run] = new FusedRun(context, run, shape, words);
    }
    return made;
  }

  /** Runs all layers; operands as those of {@link io.carousel.device.RecurrentPlan#infer}. */
  void run(
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    RecurrentSpec spec = context.spec();
    int last = spec.numLayers() - 1;
    Matrix layerInput = input;
    for (int layer = 0; layer <= last; layer++) {
      Matrix layerOutput = layer == last ? output : layerOutputs[layer % layerOutputs.length];
      for (int direction = 0; direction < spec.directions(); direction++) {
        FusedRun run = runs[layer * spec.directions() + direction];
        RunDescriptor words = run.words();
        int firstState = run.index() * shape.batchSize();
        words.point(Word.WEIGHTS, weights.of(run.index()));
        words.view(Word.X, layerInput, 0, 0);
        words.view(Word.H0, h0, firstState, 0);
        words.view(Word.C0, c0, firstState, 0);
        words.view(Word.OUTPUT, layerOutput, 0, direction * spec.hiddenSize());
        words.view(Word.HN, hN, firstState, 0);
        words.view(Word.CN, cN, firstState, 0);
        if (trace == null) {
          run.forward();
        } else {
          trace.forward(run);
        }
      }
      if (dropout != null && layer < last) {
        dropout.apply(layer, layerOutput);
      }
      layerInput = layerOutput;
    }
  }
}
