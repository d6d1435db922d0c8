package io.carousel.rnn;

import io.carousel.device.Device;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.OperandWeights;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanOperands;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
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
  private final PlanOperands operands;
  private final @Nullable String whyNotFused;
  private final MatrixPool pool;
  private final OperandWeights operandWeights;
  private final PassRecordings recordings;
  private int openPasses;

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
    operands = new PlanOperands(spec);
    this.whyNotFused = whyNotFused;
    recordings = new PassRecordings(spec);
    pool = new MatrixPool(device, "stepwise plan", recordings::dropIdle);
    operandWeights = new OperandWeights(device, spec);
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
    return recordings.launch();
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
    capacity.require(shape);
    operands.forward(shape, weights.runs(), input, h0, c0);
    PassInputs inputs = new PassInputs(factorsOf(queue, weights), input, h0, c0);
    StepwisePass.Execution execution;
    RecordedExecution recording = recordings.find(queue, pool, shape, inputs, dropoutKey, trace);
    if (recording == null) {
      TrainingWork work = new TrainingWork(queue, spec, pool, shape, inputs, dropoutKey, trace);
      execution = new PlainExecution(work, draw);
    } else {
      recording.start(inputs, draw);
      execution = recording;
    }
    openPasses++;
    return new StepwisePass(this, queue, weights, shape, execution);
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
    capacity.require(shape);
    operands.forward(shape, weights.runs(), input, h0, c0);
    operands.outputs(shape, output, hN, cN);
    PassInputs inputs = new PassInputs(factorsOf(queue, weights), input, h0, c0);
    StackForward forward = new StackForward(queue, spec, pool, shape, false, 0, null);
    try {
      forward.run(inputs, output, hN, cN);
      forward.release();
    } catch (RuntimeException e) {
      forward.abandon(e);
      throw e;
    }
  }

  /** The weights as products take them, in copies that all passes share. */
  List<LayerWeights> factorsOf(Queue queue, StackWeights weights) {
    return operandWeights.of(queue, weights);
  }

  PlanOperands operands() {
    return operands;
  }

  void passEnded() {
    openPasses--;
  }

  @Override
  public boolean isBusy() {
    return openPasses > 0;
  }

  @Override
  public void close() {
    recordings.close();
    pool.close();
    operandWeights.close();
    if (openPasses > 0) {
      throw new IllegalStateException(
          openPasses + " training passes were neither run backward nor closed");
    }
  }
}
