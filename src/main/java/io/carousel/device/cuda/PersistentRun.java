package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.WeightGradients;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer and direction of one pass: what its kernels save, their launches, its weight gradients.
 * Running states are [N, H] in sorted order. Gates and whatever else is a factor of products are of
 * the device's operand type, everything else is real.
 */
abstract class PersistentRun {
  final CudaQueue queue;
  final RecurrentSpec spec;
  final LayerWeights weights;
  final Leases leases;
  private final UploadedShape batch;
  private final int index;
  private final boolean reverse;
  private final Matrix input;
  private final Matrix output;
  private final boolean training;
  private final ElementType operand;

  /** [Σ n_t, H]: the state that each row started from; null in inference. */
  private final @Nullable Matrix hPrev;

  /** Where not all is kept: what backward starts a chunk from, to compute the rest again. */
  private final @Nullable ChunkStarts starts;

  private @Nullable StepMatrix gates;

  /**
   * What a run works on.
   *
   * @param context of the plan
   * @param queue of the launches
   * @param leases for as long as the run lasts
   * @param run k·D + d
   * @param weights of all runs, factors in the operand type
   * @param input [Σ n_t, in] in the operand type
   * @param output [Σ n_t, H] real
   */
  record Setup(
      PersistentContext context,
      CudaQueue queue,
      Leases leases,
      UploadedShape batch,
      int run,
      List<LayerWeights> weights,
      Matrix input,
      Matrix output,
      boolean training) {}

  /** Leases what is kept from forward to backward whatever else is. */
  PersistentRun(Setup setup) {
    queue = setup.queue;
    spec = setup.context.spec();
    operand = setup.context.operand();
    batch = setup.batch;
    index = setup.run;
    reverse = setup.run % spec.directions() == 1;
    weights = setup.weights.get(setup.run);
    input = setup.input;
    output = setup.output;
    training = setup.training;
    leases = setup.leases;
    hPrev = training ? leases.lease(operand, batch.shape.rows(), spec.hiddenSize()) : null;
    boolean startsKept = training && setup.context.recompute() && spec.cell().hasCellState();
    starts = startsKept ? new ChunkStarts(batch, spec.hiddenSize(), leases) : null;
  }

  static PersistentRun of(Setup setup) {
    return switch (setup.context.spec().cell()) {
      case RNN -> new PersistentRnn(setup);
      case LSTM -> new PersistentLstm(setup);
      case GRU -> new PersistentGru(setup);
    };
  }

  /** k·D + d. */
  final int index() {
    return index;
  }

  /**
   * Leases what the kernels write of each step and backward reads: of all steps, or of a chunk at a
   * time.
   *
   * @param from for as long as that is of use
   */
  final void leaseSteps(Leases from, boolean all) {
    StepLeases lender = new StepLeases(from, all ? batch.shape.rows() : batch.mostRows(), all);
    gates = lender.lease(operand, spec.gateRows());
    leaseMore(lender, operand);
  }

  /** The same for what a cell needs beside gates. */
  abstract void leaseMore(StepLeases lender, ElementType operandType);

  /** x·W_ihᵀ, then activations, then gradients before activation: [rows, G·H]. */
  final Matrix gates(PackedRows rows) {
    return leased(gates).of(rows);
  }

  static StepMatrix leased(@Nullable StepMatrix matrix) {
    if (matrix == null) {
      throw new IllegalStateException("nothing was leased for the steps of this run");
    }
    return matrix;
  }

  /** The states that rows started from, null in inference. */
  final @Nullable Matrix hPrev(PackedRows rows) {
    return hPrev == null ? null : rows.of(hPrev);
  }

  /** Receives the states [rows, H]. */
  final Matrix output(PackedRows rows) {
    return rows.of(output);
  }

  final boolean training() {
    return training;
  }

  /** How the kernels store and multiply factors. */
  final int operand() {
    return Codes.operand(spec.precision(), operand);
  }

  /** The type of the running h: factors of products, but in a GRU reals, which it adds to. */
  ElementType stateType() {
    return operand;
  }

  /** N. */
  final int batchSize() {
    return batch.shape.batchSize();
  }

  /** 1 for a run from the end. */
  final int reverse() {
    return reverse ? 1 : 0;
  }

  /** The chunk at a place in the order of forward. */
  final TimeChunk chunkAt(int place) {
    return batch.chunks.get(reverse ? batch.chunks.size() - 1 - place : place);
  }

  /** The time step at a place in a chunk, in the order of forward. */
  final int timeOf(TimeChunk chunk, int place) {
    return chunk.firstStep() + (reverse ? chunk.steps() - 1 - place : place);
  }

  /**
   * Enqueues the steps of a chunk.
   *
   * @param h [N, H] state before them; overwritten by that after them
   * @param c [N, H] likewise, null where there is no cell state
   * @param cell [Σ n_t, H] receives the cell state after each step; null where nobody looks
   */
  final void forward(
      TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c, @Nullable Matrix cell) {
    if (layout.layout().withInputs()) {
      launchInference(chunk, layout, h, c);
      return;
    }
    if (starts != null && c != null) {
      starts.keep(queue, chunk, c);
    }
    multiplyInput(chunk.rows());
    launchForward(chunk, layout, h, c, cell == null ? null : chunk.rows().of(cell));
  }

  /** The launch that multiplies the inputs itself, and keeps nothing. */
  abstract void launchInference(TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c);

  private void multiplyInput(PackedRows rows) {
    Matrix x = rows.of(input);
    queue.gemm(spec.precision(), false, true, 1, x, weights.weightIh(), 0, gates(rows));
  }

  /** The launch alone; {@code cell} has the rows of the chunk. */
  abstract void launchForward(
      TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c, @Nullable Matrix cell);

  /** Leases what {@link #recompute} takes. */
  final ReplayScratch leaseScratch(Leases from) {
    return new ReplayScratch(
        from.lease(batch.mostRows(), spec.gateRows()),
        starts == null ? null : from.lease(batchSize(), spec.hiddenSize()));
  }

  /**
   * Computes again what forward did not keep of a chunk, from the states that rows started from.
   */
  final void recompute(TimeChunk chunk, ReplayScratch scratch) {
    PackedRows rows = chunk.rows();
    multiplyInput(rows);
    Matrix products = scratch.products().rows(0, rows.count());
    Matrix h = saved(hPrev(rows));
    queue.gemm(spec.precision(), false, true, 1, h, weights.weightHh(), 0, products);
    if (starts != null && scratch.c() != null) {
      starts.restore(queue, chunk, scratch.c());
    }
    replay(chunk, products, scratch.c());
  }

  /**
   * Enqueues the element-wise part of the steps.
   *
   * @param products [rows, G·H] real, h·W_hhᵀ
   * @param c [N, H] before the steps; overwritten by that after them; null where there is none
   */
  abstract void replay(TimeChunk chunk, Matrix products, @Nullable Matrix c);

  /**
   * Enqueues the steps of a chunk backward.
   *
   * @param dOutput [Σ n_t, H] of this direction, null for zeros
   * @param dh [N, H] gradient of the state after them; overwritten by that of the state before
   * @param dc [N, H] likewise, null where there is no cell state
   * @param dhAll [Σ n_t, H] receives the whole gradient of each h; null where nobody looks
   */
  final void backward(
      TimeChunk chunk,
      LeasedLayout layout,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll) {
    PackedRows rows = chunk.rows();
    launchBackward(
        chunk,
        layout,
        dOutput == null ? null : rows.of(dOutput),
        dh,
        dc,
        dhAll == null ? null : rows.of(dhAll));
  }

  /** The launch alone; {@code dOutput} and {@code dhAll} have the rows of the chunk. */
  abstract void launchBackward(
      TimeChunk chunk,
      LeasedLayout layout,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll);

  /**
   * Adds to the gradients of all weights what rows contribute that have run backward.
   *
   * @param sum [1, G·H]; overwritten
   */
  void weightGradients(Queue on, LayerWeights target, PackedRows rows, Matrix sum) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), target);
    Matrix d = gates(rows);
    sums.addProducts(d, input(rows), d, saved(hPrev(rows)));
    sums.addToBoth(d, sum);
  }

  /** The input [rows, in] as a factor. */
  final Matrix input(PackedRows rows) {
    return rows.of(input);
  }

  /** Of rows that have run backward: dInput ← beta · dInput + dGates · W_ih. */
  final void inputGradient(Queue on, double beta, PackedRows rows, Matrix dInput) {
    Matrix d = gates(rows);
    on.gemm(spec.precision(), false, false, 1, d, weights.weightIh(), beta, rows.of(dInput));
  }

  /** What was saved in training; there is nothing in inference. */
  static Matrix saved(@Nullable Matrix matrix) {
    if (matrix == null) {
      throw new IllegalStateException("nothing was saved: this run is inference");
    }
    return matrix;
  }
}
