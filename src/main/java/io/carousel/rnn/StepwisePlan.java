package io.carousel.rnn;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import io.carousel.device.pass.TrainingPasses;
import io.carousel.device.pass.TrainingWork;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack as one queue operation after the other, on any device: per layer and direction one
 * product for the inputs of all steps, then per step one product for the recurrence and one
 * element-wise operation. Where the device records work, training passes whose shape comes again
 * are recorded.
 */
public final class StepwisePlan implements RecurrentPlan {
  private final RecurrentSpec spec;
  private final PlanCapacity capacity;
  private final @Nullable String whyNotFused;
  private final TrainingPasses passes;

  /**
   * A plan.
   *
   * @param device where it runs
   * @param spec the stack
   * @param capacity the largest batch
   * @param whyNotFused what {@link #whyNotFused} shall say
   * @throws IllegalArgumentException for a stack that it does not run, with the reason
   */
  public StepwisePlan(
      Device device, RecurrentSpec spec, PlanCapacity capacity, @Nullable String whyNotFused) {
    String reason = unsupported(device, spec);
    if (reason != null) {
      throw new IllegalArgumentException(reason);
    }
    this.spec = spec;
    this.capacity = capacity;
    this.whyNotFused = whyNotFused;
    passes = new TrainingPasses(device, spec, capacity, "stepwise plan", this::work, () -> {});
  }

  private TrainingWork work(
      Queue queue,
      MatrixPool pool,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    return new StepwiseWork(
        new StackForward(queue, spec, pool, shape, true, dropoutKey, trace), inputs);
  }

  /** Why this plan does not run a stack, or null when it does. */
  public static @Nullable String unsupported(Device device, RecurrentSpec spec) {
    if (!device.supports(spec.precision())) {
      List<Precision> has = Arrays.stream(Precision.values()).filter(device::supports).toList();
      return "device %s does not compute in %s, only in %s"
          .formatted(device.name(), spec.precision(), has);
    }
    return null;
  }

  @Override
  public RecurrentSpec spec() {
    return spec;
  }

  @Override
  public PlanCapacity capacity() {
    return capacity;
  }

  @Override
  public String kernel() {
    return "stepwise";
  }

  @Override
  public @Nullable String whyNotFused() {
    return whyNotFused;
  }

  @Override
  public String launch() {
    return passes.launch();
  }

  @Override
  public Pass forwardTraining(
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      long dropoutKey,
      @Nullable Trace trace) {
    return passes.open(queue, weights, shape, input, h0, c0, draw, dropoutKey, trace);
  }

  @Override
  public void infer(
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    PassInputs inputs = passes.inputs(queue, weights, shape, input, h0, c0);
    PassOutputs outputs = passes.outputs(shape, output, hN, cN);
    StackForward forward = null;
    try {
      forward = new StackForward(queue, spec, passes.pool(), shape, false, 0, null);
      forward.run(inputs, outputs);
      forward.release();
    } catch (RuntimeException e) {
      if (forward != null) {
        forward.abandon(e);
      }
      passes.trim(e);
      throw e;
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
