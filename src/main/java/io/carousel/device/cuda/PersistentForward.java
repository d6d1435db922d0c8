package io.carousel.device.cuda;

import io.carousel.device.CloseAll;
import io.carousel.device.LayerDropout;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.Products;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass through all layers and directions, the same in training and inference. Layers
 * run one after the other, or as a wavefront over chunks of time.
 */
final class PersistentForward {
  final PersistentContext context;
  final CudaQueue queue;
  final UploadedShape batch;
  final RunQueues queues;

  /** Everything that lasts as long as the pass. */
  final Leases leases;

  /** In training, the runs of all layers and directions, index k·D + d. */
  final List<PersistentRun> runs = new ArrayList<>();

  /** In training, null where the stack has none. */
  final @Nullable LayerDropout dropout;

  final @Nullable Trace trace;
  final boolean training;
  private final RecurrentSpec spec;
  private final List<Leases> allLeases = new ArrayList<>();

  private PersistentForward(
      PersistentContext context,
      CudaQueue queue,
      UploadedShape batch,
      Leases leases,
      @Nullable LayerDropout dropout,
      @Nullable Trace trace,
      boolean training) {
    this.context = context;
    this.queue = queue;
    this.batch = batch;
    this.leases = leases;
    this.dropout = dropout;
    this.trace = trace;
    this.training = training;
    spec = context.spec();
    allLeases.add(leases);
    queues = chooseQueues();
  }

  private RunQueues chooseQueues() {
    PersistentLayouts layouts = context.layouts();
    return switch (trace == null ? layouts.sharing() : Sharing.NONE) {
      case NONE -> RunQueues.one(queue);
      case DIRECTIONS -> RunQueues.directions(queue);
      case LAYERS ->
          batch.chunks.size() > 1
              ? RunQueues.wavefront(queue, layouts.ways())
              : RunQueues.one(queue);
    };
  }

  /** What is launched, in words. */
  String launches() {
    String what = "one launch for each layer and direction";
    return (batch.chunks.size() > 1 ? what + " and chunk of time" : what) + queues.sideBySide();
  }

  /** Inference on a batch whose shape somebody else keeps in memory. */
  static PersistentForward inference(
      PersistentContext context, CudaQueue queue, UploadedShape batch) {
    Leases leases = new Leases(context.pool());
    return new PersistentForward(context, queue, batch, leases, null, null, false);
  }

  /**
   * A training pass.
   *
   * @param leases keep the shape and the masks' numbers
   */
  static PersistentForward training(
      PersistentContext context,
      CudaQueue queue,
      UploadedShape batch,
      Leases leases,
      @Nullable LayerDropout dropout,
      @Nullable Trace trace) {
    return new PersistentForward(context, queue, batch, leases, dropout, trace, true);
  }

  /** Runs all layers. */
  void run(PassInputs inputs, PassOutputs outputs) {
    int chunks = batch.chunks.size();
    List<LayerForward> layers = new ArrayList<>();
    for (ChunkTurn next : queues.order(spec.numLayers(), chunks)) {
      int layer = next.layer();
      if (next.chunk() == 0) {
        Matrix input = layer == 0 ? inputs.input() : layers.get(layer - 1).output;
        layers.add(begin(layer, input, inputs, outputs));
      }
      if (layer > 0) {
        queues.follow(layer, layer - 1);
      }
      layers.get(layer).run(next.chunk());
      if (next.chunk() == chunks - 1) {
        layers.get(layer).end(outputs);
        if (layer > 0) {
          layers.get(layer - 1).releaseOutput(); // it was read to its end
        }
      }
    }
  }

  private LayerForward begin(int layer, Matrix input, PassInputs inputs, PassOutputs outputs) {
    Leases states = newLeases();
    Matrix factor =
        realsAreFactors()
            ? input
            : (training ? leases : states).lease(context.operand(), input.rows(), input.columns());
    // what is a factor of the layer above as it is, backward reads again
    Leases passing = training && realsAreFactors() ? null : newLeases();
    Matrix output =
        layer == spec.numLayers() - 1
            ? outputs.output()
            : (passing == null ? leases : passing).lease(batch.shape.rows(), spec.outputSize());
    LayerForward begun = new LayerForward(this, layer, states, input, factor, passing, output);
    begun.start(inputs);
    if (training) {
      runs.addAll(begun.runs());
    }
    return begun;
  }

  /** Whether the kernel makes all products of a layer itself, for the sake of their order. */
  boolean multipliesInputs(int layer) {
    return !training
        && queue.products() == Products.ROW_INVARIANT
        && context.layouts().holdInputs(spec.layerInputSize(layer));
  }

  /** Whether products take reals as they are. */
  boolean realsAreFactors() {
    return context.operand() == queue.device().realType();
  }

  /** Whether what a layer reads and hands on goes by chunks: not where two directions meet. */
  boolean byChunk() {
    return spec.directions() == 1;
  }

  /** Drops elements of a layer's output, or of its gradient; of all layers but the last. */
  void drop(CudaQueue on, int layer, Matrix packed, PackedRows rows) {
    if (dropout != null && layer < spec.numLayers() - 1) {
      dropout.apply(on, layer, packed, rows.first(), rows.count());
    }
  }

  /** sorted ← a run's rows of states in the caller's order, or zeros where there are none. */
  void sort(PersistentRun run, @Nullable Matrix states, Matrix sorted) {
    batch.order.sort(run.queue, run.index(), states, sorted);
  }

  /** A run's rows of states in the caller's order ← sorted, where they are wanted. */
  void restore(PersistentRun run, Matrix sorted, @Nullable Matrix states) {
    batch.order.restore(run.queue, run.index(), sorted, states);
  }

  private Leases newLeases() {
    Leases made = new Leases(context.pool());
    allLeases.add(made);
    return made;
  }

  /** Gives everything back, also what an operation left that failed. */
  void release() {
    runs.clear();
    allLeases.forEach(Leases::close);
    allLeases.clear();
  }

  /** The same after a failure: work beside may still use what is given back. */
  void abandon(Throwable failure) {
    CloseAll.after(failure, List.of(this::release, queues::endAll));
  }
}
