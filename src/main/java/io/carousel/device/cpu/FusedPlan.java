package io.carousel.device.cpu;

import io.carousel.device.Device;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.OperandChecks;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanOperands;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack on the recurrent kernels: for each layer and direction, products and gate functions
 * of all steps in one. The bits of a sequence's inference do not depend on the batch around it, and
 * no bit depends on the number of threads.
 */
final class FusedPlan implements RecurrentPlan {
  private final Device device;
  private final String kernel;
  private final PlanCapacity capacity;
  private final PlanOperands operands;
  private final MatrixPool pool;
  private final FusedContext context;
  private final PackedWeights weights;
  private @Nullable FusedForward inference; // of the latest shape, for the next batch
  private int openPasses;
  private boolean closed;

  FusedPlan(
      Device device,
      String kernel,
      RecurrentSpec spec,
      PlanCapacity capacity,
      InstructionSet instructions,
      WorkerPool workers) {
    this.device = device;
    this.kernel = kernel;
    this.capacity = capacity;
    operands = new PlanOperands(spec);
    pool = new MatrixPool(device, "fused plan", this::dropInference);
    context = new FusedContext(spec, instructions, workers, pool);
    weights = new PackedWeights(context);
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
    return kernel;
  }

  @Override
  public @Nullable String whyNotFused() {
    return null;
  }

  @Override
  public String launch() {
    return "one call of the kernels for each layer and direction";
  }

  @Override
  public boolean rowInvariant(Products products) {
    return true;
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
    requireForward(queue, stackWeights, shape, input, h0, c0);
    try {
      weights.pack(stackWeights, true);
      FusedForward forward =
          new FusedForward(context, weights, queue, shape, true, dropoutKey, trace);
      Pass pass = new FusedPass(this, queue, stackWeights, forward, input, h0, c0, draw);
      openPasses++;
      return pass;
    } catch (RuntimeException e) {
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
    requireForward(queue, stackWeights, shape, input, h0, c0);
    operands.outputs(shape, output, hN, cN);
    OperandChecks.onDevice(device, output);
    OperandChecks.onDevice(device, hN);
    OperandChecks.onDevice(device, cN);
    try {
      weights.pack(stackWeights, false);
      inferenceOf(queue, shape).run(input, h0, c0, output, hN, cN);
    } catch (RuntimeException e) {
      trim();
      throw e;
    }
  }

  private FusedForward inferenceOf(Queue queue, PackedShape shape) {
    FusedForward known = inference;
    if (known != null && known.shape.equals(shape)) {
      return known;
    }
    dropInference();
    FusedForward made = new FusedForward(context, weights, queue, shape, false, 0, null);
    inference = made;
    return made;
  }

  /** Gives the workspace of inference back, for other shapes or for want of memory. */
  private void dropInference() {
    if (inference != null) {
      inference.leases.close();
      inference = null;
    }
  }

  /** After a failure, which may be want of memory: frees what lies idle, for a smaller batch. */
  void trim() {
    dropInference();
    pool.trim();
  }

  private void requireForward(
      Queue queue,
      StackWeights stackWeights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    requireHeld(queue);
    capacity.require(shape);
    operands.forward(shape, stackWeights.runs(), input, h0, c0);
    OperandChecks.onDevice(device, stackWeights.runs());
    OperandChecks.onDevice(device, input);
    OperandChecks.onDevice(device, h0);
    OperandChecks.onDevice(device, c0);
  }

  /** Checks what a pass needs that runs backward. */
  void requireBackward(Queue queue, PackedShape shape, Matrix input, PassGradients gradients) {
    requireHeld(queue);
    operands.backward(shape, gradients);
    gradients.requireUsable(device);
    OperandChecks.onDevice(device, input);
  }

  private void requireHeld(Queue queue) {
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
    if (queue.device() != device) {
      throw new IllegalArgumentException(
          "the plan is of device %s, the queue of %s"
              .formatted(device.name(), queue.device().name()));
    }
    queue.synchronize(); // work is done at once, so that this only checks who holds the queue
  }

  /** Before a pass runs backward: others may have been packed since it ran forward. */
  void packForBackward(StackWeights ofPass) {
    weights.pack(ofPass, true);
  }

  /** Takes back what a pass has used. */
  void passEnded(Leases leases) {
    openPasses--;
    if (!closed) {
      leases.close();
    }
  }

  @Override
  public boolean isBusy() {
    return openPasses > 0;
  }

  @Override
  public void close() {
    closed = true;
    inference = null;
    pool.close();
    if (openPasses > 0) {
      throw new IllegalStateException(
          openPasses + " training passes were neither run backward nor closed");
    }
  }
}
