package io.carousel.device.pass;

import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.LayerWeights;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The training passes of one plan, with its memory: checks what they are given, runs them operation
 * by operation or as recordings, and counts those that are open. A plan says how their work is
 * done, and runs inference by itself.
 */
public final class TrainingPasses implements AutoCloseable {
  private final Device device;
  private final PlanCapacity capacity;
  private final PlanOperands operands;
  private final TrainingWork.Factory factory;
  private final Runnable dropIdle;
  private final @Nullable Consumer<StackWeights> packing;
  private final MatrixPool pool;
  private final OperandWeights weights;
  private final PassRecordings recordings;
  private String launches = "";
  private int openPasses;
  private boolean closed;

  /**
   * Those of a new plan whose work reads weights as products of the queue do.
   *
   * @param device where it runs
   * @param spec the stack
   * @param capacity the largest batch
   * @param owner names the plan in leak reports
   * @param factory makes the work of each pass
   * @param dropIdle gives back to the pool what else the plan keeps and does not use at the moment
   */
  public TrainingPasses(
      Device device,
      RecurrentSpec spec,
      PlanCapacity capacity,
      String owner,
      TrainingWork.Factory factory,
      Runnable dropIdle) {
    this(device, spec, capacity, owner, factory, dropIdle, null);
  }

  /**
   * Those of a new plan whose work is kernels of its own, which do not look at their operands and
   * read weights that were packed for them.
   *
   * @param packing packs the weights of a pass unless they are packed already; called before
   *     forward and before backward
   */
  public TrainingPasses(
      Device device,
      RecurrentSpec spec,
      PlanCapacity capacity,
      String owner,
      TrainingWork.Factory factory,
      Runnable dropIdle,
      @Nullable Consumer<StackWeights> packing) {
    this.device = device;
    this.capacity = capacity;
    this.factory = factory;
    this.dropIdle = dropIdle;
    this.packing = packing;
    operands = new PlanOperands(spec);
    recordings = new PassRecordings(factory);
    pool = new MatrixPool(device, owner, this::dropIdle);
    weights = new OperandWeights(device, spec);
  }

  /** The plan's memory. */
  public MatrixPool pool() {
    return pool;
  }

  /** How the latest pass was enqueued; see {@link RecurrentPlan#launch}. */
  public String launch() {
    return launches.isEmpty() ? recordings.launch() : recordings.launch() + "; " + launches;
  }

  /** Opens a pass; see {@link RecurrentPlan#forwardTraining}. */
  public RecurrentPlan.Pass open(
      Queue queue,
      StackWeights ofPass,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      long dropoutKey,
      RecurrentPlan.@Nullable Trace trace) {
    PassInputs inputs = inputs(queue, ofPass, shape, input, h0, c0);
    try {
      TrainingPass.Execution execution;
      RecordedExecution recording = recordings.find(queue, pool, shape, inputs, dropoutKey, trace);
      if (recording == null) {
        execution = plain(queue, shape, inputs, draw, dropoutKey, trace);
      } else {
        recording.start(inputs, draw);
        execution = recording;
      }
      launches = execution.work().launches();
      openPasses++;
      return new TrainingPass(this, queue, ofPass, shape, input, execution);
    } catch (RuntimeException e) {
      trim(e);
      throw e;
    }
  }

  private TrainingPass.Execution plain(
      Queue queue,
      PackedShape shape,
      PassInputs inputs,
      int draw,
      long dropoutKey,
      RecurrentPlan.@Nullable Trace trace) {
    try {
      return new PlainExecution(
          factory.create(queue, pool, shape, inputs, dropoutKey, trace), draw);
    } catch (DeviceOutOfMemoryException e) {
      if (trace != null) {
        throw e; // it was told of some steps
      }
      // blocks of other sizes may have been in the way
      CloseAll.orThrow(e, List.of(this::freeIdle));
      return new PlainExecution(factory.create(queue, pool, shape, inputs, dropoutKey, null), draw);
    }
  }

  /**
   * Checks what a pass or inference reads, and allocates nothing.
   *
   * @throws IllegalStateException when the plan is closed, or another thread holds the queue
   * @throws IllegalArgumentException for a queue of another device, a batch beyond the capacity, or
   *     operands of the wrong shape
   */
  public void requireInputs(
      Queue queue,
      StackWeights ofPass,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    requireOpen();
    if (queue.device() != device) {
      throw new IllegalArgumentException(
          "the plan is of device %s, the queue of %s"
              .formatted(device.name(), queue.device().name()));
    }
    queue.requireHeld();
    capacity.require(shape);
    operands.forward(shape, ofPass.runs(), input, h0, c0);
    if (looksAtPlaces(queue)) {
      OperandChecks.onDevice(device, ofPass.runs());
      OperandChecks.onDevice(device, input);
      OperandChecks.onDevice(device, h0);
      OperandChecks.onDevice(device, c0);
    }
  }

  /** The same, then what the work reads. */
  public PassInputs inputs(
      Queue queue,
      StackWeights ofPass,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    requireInputs(queue, ofPass, shape, input, h0, c0);
    return new PassInputs(factorsOf(queue, ofPass), input, h0, c0);
  }

  /** Checks what inference writes, and allocates nothing. */
  public void requireOutputs(PackedShape shape, Matrix output, Matrix hN, @Nullable Matrix cN) {
    operands.outputs(shape, output, hN, cN);
    if (packing != null) {
      OperandChecks.onDevice(device, output);
      OperandChecks.onDevice(device, hN);
      OperandChecks.onDevice(device, cN);
    }
  }

  /** The same, then what the work writes. */
  public PassOutputs outputs(PackedShape shape, Matrix output, Matrix hN, @Nullable Matrix cN) {
    requireOutputs(shape, output, hN, cN);
    return new PassOutputs(output, hN, cN);
  }

  /**
   * Operations look at their operands themselves, but not again when they are replayed; a plan's
   * own kernels never do.
   */
  private boolean looksAtPlaces(Queue queue) {
    return packing != null || queue.whyNotRecorded() == null;
  }

  /** Checks what a pass needs that runs backward. */
  void requireBackward(
      Queue queue, StackWeights ofPass, PackedShape shape, Matrix input, PassGradients gradients) {
    requireOpen();
    queue.requireHeld();
    operands.backward(shape, gradients);
    if (looksAtPlaces(queue)) {
      OperandChecks.onDevice(device, ofPass.runs());
      OperandChecks.onDevice(device, input);
      gradients.requireUsable(device);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
  }

  /** The weights as products take them: always in the same place, whose contents may be others'. */
  List<LayerWeights> factorsOf(Queue queue, StackWeights ofPass) {
    try {
      if (packing != null) {
        packing.accept(ofPass);
      }
      return weights.of(queue, ofPass);
    } catch (RuntimeException e) {
      trim(e);
      throw e;
    }
  }

  /** After a failure, which may be want of memory: frees what lies idle, for a smaller batch. */
  public void trim(Throwable failure) {
    CloseAll.after(failure, List.of(this::freeIdle));
  }

  private void freeIdle() {
    dropIdle();
    pool.trim();
  }

  private void dropIdle() {
    recordings.dropIdle();
    dropIdle.run();
  }

  /** Takes back what a pass has used. */
  void ended(TrainingPass.Execution execution) {
    openPasses--;
    if (!closed) {
      execution.end();
    }
  }

  /** Whether passes are open. */
  public boolean isBusy() {
    return openPasses > 0;
  }

  /**
   * Frees the plan's memory.
   *
   * @throws IllegalStateException when passes are still open
   */
  @Override
  public void close() {
    closed = true;
    CloseAll.inReverse(List.of(weights, pool, recordings));
    if (openPasses > 0) {
      throw new IllegalStateException(
          openPasses + " training passes were neither run backward nor closed");
    }
  }
}
