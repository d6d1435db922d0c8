package io.carousel.device.cpu;

import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.StackWeights;
import io.carousel.device.cpu.RunDescriptor.Size;
import io.carousel.device.cpu.RunDescriptor.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a stack as the kernels want them, packed again when they were written. What only
 * backward needs is left out until the first training pass.
 */
final class PackedWeights {
  /** Factors that one thread packs in a nanosecond, for estimates. */
  private static final double FACTORS_PER_NANO = 1;

  private final FusedContext context;
  private final Leases leases;
  private List<Packed> runs = List.of();
  private boolean holdsBackward;
  private @Nullable List<LayerWeights> source;
  private long version;

  private record Packed(RunDescriptor words, Matrix memory, long panels) {}

  /** Nothing packed yet; the memory is kept as long as the pool is open. */
  PackedWeights(FusedContext context) {
    this.context = context;
    leases = new Leases(context.pool());
  }

  /** Packs the weights unless they are packed already. */
  void pack(StackWeights weights, boolean training) {
    if (runs.isEmpty() || (training && !holdsBackward)) {
      allocate(training);
    }
    List<LayerWeights> wanted = weights.runs();
    if (version == weights.version() && (wanted == source || wanted.equals(source))) {
      return;
    }
    source = null; // what fails half-way is packed again
    for (int run = 0; run < runs.size(); run++) {
      pack(runs.get(run), wanted.get(run));
    }
    source = wanted;
    version = weights.version();
  }

  private void pack(Packed run, LayerWeights weights) {
    double nanos = (weights.weightIh().size() + weights.weightHh().size()) / FACTORS_PER_NANO;
    int parts = WorkCut.parts(context.workers().threads(), run.panels, nanos);
    context
        .workers()
        .run(
            parts,
            part ->
                RecurrentKernels.pack(
                    run.words.address(),
                    CpuBuffer.address(weights.weightIh()),
                    weights.weightIh().stride(),
                    CpuBuffer.address(weights.weightHh()),
                    weights.weightHh().stride(),
                    CpuBuffer.address(weights.biasIh()),
                    CpuBuffer.address(weights.biasHh()),
                    run.panels * part / parts,
                    run.panels * (part + 1) / parts));
  }

  /** The packed weights of a run. */
  Matrix of(int run) {
    return runs.get(run).memory;
  }

  private void allocate(boolean training) {
    source = null;
    runs = List.of();
    leases.close();
    try {
      List<Packed> made = new ArrayList<>();
      for (int run = 0; run < context.spec().runs(); run++) {
        RunDescriptor words = new RunDescriptor(leases);
        words.describe(context.instructions(), context.spec(), run, training);
        Matrix memory = words.lease(leases, Size.WEIGHTS);
        words.point(Word.WEIGHTS, memory);
        made.add(new Packed(words, memory, words.size(Size.FORWARD_PANELS)));
      }
      runs = made;
      holdsBackward = training;
    } catch (RuntimeException e) {
      leases.close();
      throw e;
    }
  }
}
