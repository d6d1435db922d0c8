package io.carousel.device.cuda;

import io.carousel.device.LayerDropout;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.OperandChecks;
import io.carousel.device.OperandWeights;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanOperands;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack with all time steps of a layer and direction in one launch, its recurrent weights
 * resident on the GPU ({@code native/include/carousel/persistent.h}). The products around the
 * recurrence are the queue's.
 */
final class PersistentPlan implements RecurrentPlan {
  private final CudaDevice device;
  private final PlanCapacity capacity;
  private final PlanOperands operands;
  private final MatrixPool pool;
  private final PersistentContext context;
  private final OperandWeights weights;
  private final LatestShape inferenceShape;
  private int openPasses;
  private boolean closed;

  /** A plan for a stack that {@link PersistentSupport} has nothing against. */
  PersistentPlan(
      CudaDevice device, RecurrentSpec spec, PlanCapacity capacity, PersistentLayouts layouts) {
    this.device = device;
    this.capacity = capacity;
    operands = new PlanOperands(spec);
    pool = new MatrixPool(device, "persistent plan", this::dropInference);
    inferenceShape = new LatestShape(pool);
    context = new PersistentContext(spec, device.operandType(spec.precision()), layouts, pool);
    weights = new OperandWeights(device, spec);
  }

  @Override
  public RecurrentSpec spec() {
    return context.spec();
  }

  @Override
  public PlanCapacity capacity() {
    return capacity;
  }

  @Override
  public String kernel() {
    return "persistent-" + spec().precision().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public @Nullable String whyNotFused() {
    return null;
  }

  @Override
  public String launch() {
    return spec().directions() == 2 && context.layouts().sideBySide()
        ? "one launch for each layer and direction, the two directions side by side"
        : "one launch for each layer and direction";
  }

  @Override
  public Pass forwardTraining(
      Queue queue,
      StackWeights stackWeights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      long dropoutKey,
      @Nullable Trace trace) {
    CudaQueue own = requireForward(queue, stackWeights, shape, input, h0, c0);
    Leases leases = new Leases(pool);
    PersistentForward forward = null;
    try {
      List<LayerWeights> factors = factorsOf(own, stackWeights);
      UploadedShape batch = new UploadedShape(own, shape, leases);
      LayerDropout dropout = LayerDropout.of(own, spec(), shape, leases, dropoutKey);
      if (dropout != null) {
        dropout.setDraw(draw);
      }
      int states = spec().runs() * shape.batchSize();
      PersistentForward.Operands all =
          new PersistentForward.Operands(
              factors,
              input,
              h0,
              c0,
              leases.lease(shape.rows(), spec().outputSize()),
              leases.lease(states, spec().hiddenSize()),
              spec().cell().hasCellState() ? leases.lease(states, spec().hiddenSize()) : null);
      forward = PersistentForward.training(context, own, batch, leases, dropout, trace);
      forward.run(all);
      openPasses++;
      return new PersistentPass(this, forward, stackWeights, all);
    } catch (RuntimeException e) {
      if (forward == null) {
        leases.close();
      } else {
        forward.abandon(e);
      }
      trim();
      throw e;
    }
  }

  @Override
  public void infer(
      Queue queue,
      StackWeights stackWeights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    CudaQueue own = requireForward(queue, stackWeights, shape, input, h0, c0);
    operands.outputs(shape, output, hN, cN);
    own.begin(output, hN, cN);
    PersistentForward forward = null;
    try {
      List<LayerWeights> factors = factorsOf(own, stackWeights);
      forward = PersistentForward.inference(context, own, inferenceShape.of(own, shape));
      forward.run(new PersistentForward.Operands(factors, input, h0, c0, output, hN, cN));
      forward.release();
    } catch (RuntimeException e) {
      if (forward != null) {
        forward.abandon(e);
      }
      trim();
      throw e;
    }
  }

  private CudaQueue requireForward(
      Queue queue,
      StackWeights stackWeights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    requireOpen();
    if (!(queue instanceof CudaQueue own) || own.device() != device) {
      throw new IllegalArgumentException(
          "the plan is of device %s, the queue of %s"
              .formatted(device.name(), queue.device().name()));
    }
    own.begin(input, h0, c0);
    capacity.require(shape);
    operands.forward(shape, stackWeights.runs(), input, h0, c0);
    OperandChecks.onDevice(device, stackWeights.runs());
    return own;
  }

  /** Checks what a pass needs that runs backward. */
  void requireBackward(CudaQueue queue, PackedShape shape, Matrix input, PassGradients gradients) {
    requireOpen();
    queue.begin(input);
    operands.backward(shape, gradients);
    gradients.requireUsable(device);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
  }

  /**
   * The weights as factors of products: always in the same place, whose contents may be others'.
   */
  List<LayerWeights> factorsOf(CudaQueue queue, StackWeights ofPass) {
    return weights.of(queue, ofPass);
  }

  private void dropInference() {
    inferenceShape.drop();
  }

  /** After a failure, which may be want of memory: frees what lies idle, for a smaller batch. */
  void trim() {
    dropInference();
    pool.trim();
  }

  /** Takes back what a pass has used. */
  void passEnded(PersistentForward forward) {
    openPasses--;
    if (!closed) {
      forward.release();
    }
  }

  @Override
  public boolean isBusy() {
    return openPasses > 0;
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
    weights.close();
    if (openPasses > 0) {
      throw new IllegalStateException(
          openPasses + " training passes were neither run backward nor closed");
    }
  }
}
