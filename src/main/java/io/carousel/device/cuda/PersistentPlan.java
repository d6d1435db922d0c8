package io.carousel.device.cuda;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import io.carousel.device.pass.TrainingPasses;
import io.carousel.device.pass.TrainingWork;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack with many time steps of a layer and direction in one launch, its recurrent weights
 * resident on the GPU ({@code native/include/carousel/persistent.h}). The products around the
 * recurrence are the queue's.
 */
final class PersistentPlan implements RecurrentPlan {
  private final PlanCapacity capacity;
  private final TrainingPasses passes;
  private final PersistentContext context;
  private final LatestShape inferenceShape;
  private boolean inferring;

  /** A plan for a stack that {@link PersistentSupport} has nothing against. */
  PersistentPlan(
      CudaDevice device,
      RecurrentSpec spec,
      PlanCapacity capacity,
      PersistentLayouts layouts,
      boolean recompute) {
    this.capacity = capacity;
    passes =
        new TrainingPasses(
            device, spec, capacity, "persistent plan", this::work, this::dropInference);
    inferenceShape = new LatestShape(passes.pool());
    context =
        new PersistentContext(
            spec, device.operandType(spec.precision()), layouts, passes.pool(), recompute);
  }

  private TrainingWork work(
      Queue queue,
      MatrixPool pool,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    return new PersistentWork(
        context.withPool(pool), (CudaQueue) queue, shape, inputs, dropoutKey, trace);
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
    String name = "persistent-" + spec().precision().name().toLowerCase(Locale.ROOT);
    return context.recompute() ? name + "-recompute" : name;
  }

  @Override
  public @Nullable String whyNotFused() {
    return null;
  }

  @Override
  public String launch() {
    return passes.launch();
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
    PassInputs inputs = passes.inputs(queue, stackWeights, shape, input, h0, c0);
    PassOutputs outputs = passes.outputs(shape, output, hN, cN);
    try {
      infer((CudaQueue) queue, shape, inputs, outputs);
    } catch (RuntimeException e) {
      passes.trim(e);
      throw e;
    }
  }

  private void infer(CudaQueue queue, PackedShape shape, PassInputs inputs, PassOutputs outputs) {
    PersistentForward forward = null;
    inferring = true;
    try {
      int steps = context.chunkSteps(shape, false);
      forward = PersistentForward.inference(context, queue, inferenceShape.of(queue, shape, steps));
      forward.run(inputs, outputs);
      forward.release();
    } catch (RuntimeException e) {
      if (forward != null) {
        forward.abandon(e);
      }
      throw e;
    } finally {
      inferring = false;
    }
  }

  /** For whoever needs the memory, unless that is inference itself. */
  private void dropInference() {
    if (!inferring) {
      inferenceShape.drop();
    }
  }

  @Override
  public boolean isBusy() {
    return passes.isBusy();
  }

  @Override
  public void close() {
    passes.close();
  }
}
