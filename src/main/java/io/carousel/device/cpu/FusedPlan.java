package io.carousel.device.cpu;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.TrainingPasses;
import io.carousel.device.pass.TrainingWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack on the recurrent kernels: for each layer and direction, products and gate functions
 * of all steps in one. The bits of a sequence's inference do not depend on the batch around it, and
 * no bit depends on the number of threads.
 */
final class FusedPlan implements RecurrentPlan {
  private final String kernel;
  private final PlanCapacity capacity;
  private final TrainingPasses passes;
  private final FusedContext context;
  private final PackedWeights weights;
  private @Nullable FusedForward inference; // of the latest shape, for the next batch

  FusedPlan(
      Device device,
      String kernel,
      RecurrentSpec spec,
      PlanCapacity capacity,
      InstructionSet instructions,
      WorkerPool workers) {
    this.kernel = kernel;
    this.capacity = capacity;
    passes =
        new TrainingPasses(
            device, spec, capacity, "fused plan", this::work, this::dropInference, this::pack);
    context = new FusedContext(spec, instructions, workers, passes.pool());
    weights = new PackedWeights(context);
  }

  private TrainingWork work(
      Queue queue,
      MatrixPool pool,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    FusedContext ofPass = context.withPool(pool);
    return new FusedWork(
        new FusedForward(ofPass, weights, queue, shape, true, dropoutKey, trace), inputs);
  }

  private void pack(StackWeights stackWeights) {
    weights.pack(stackWeights, true);
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
    return passes.open(queue, stackWeights, shape, input, h0, c0, draw, dropoutKey, trace);
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
    passes.requireInputs(queue, stackWeights, shape, input, h0, c0);
    passes.requireOutputs(shape, output, hN, cN);
    try {
      weights.pack(stackWeights, false);
      inferenceOf(queue, shape).run(input, h0, c0, output, hN, cN);
    } catch (RuntimeException e) {
      passes.trim(e);
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

  @Override
  public boolean isBusy() {
    return passes.isBusy();
  }

  @Override
  public void close() {
    inference = null;
    passes.close();
  }
}
