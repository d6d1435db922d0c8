package io.carousel.optim;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Updates the parameters of a model by their gradients, and owns the running means that this takes;
 * these are allocated in the first step in which a parameter takes part. Frozen parameters are left
 * as they are, with their means and step counts. Formulas are those of {@link UpdateRule}, numbers
 * are PyTorch's unless set. Not thread-safe.
 */
public abstract class Optimizer implements AutoCloseable {
  private static final String LEARNING_RATE = "optimizer.learning_rate";
  private static final String STEP_COUNT = "optimizer.step_count";

  private final ParameterSet parameters;
  private final BufferScope scope;
  private final Map<Parameter, ParameterState> states = new LinkedHashMap<>();
  private double learningRate;
  private long stepCount;

  Optimizer(ParameterSet parameters, double learningRate) {
    this.parameters = parameters;
    scope = new BufferScope(parameters.device(), "optimizer");
    setLearningRate(learningRate);
  }

  /** The optimizer's name, such as {@code adam}; it goes with an exported state. */
  public abstract String name();

  /** The formula with its numbers for the t-th step of a parameter, t from 1. */
  abstract UpdateRule rule(long t);

  /** How many matrices like the parameter itself the rule keeps: 0, 1 or 2. */
  abstract int statesPerParameter();

  /** The learning rate of the next step. */
  public final double learningRate() {
    return learningRate;
  }

  /** Sets the learning rate of the next steps; finite and not negative. */
  public final void setLearningRate(double value) {
    learningRate = requireAtLeastZero("learning rate", value);
  }

  /** Number of steps so far. */
  public final long stepCount() {
    return stepCount;
  }

  /** Enqueues one step with the gradients as they are. */
  public final void step(Queue queue) {
    step(queue, null);
  }

  /**
   * Enqueues one step.
   *
   * @param queue where the work goes
   * @param gradientScale [1, 1] factor of all gradients on the device, as {@link GradientClipper}
   *     gives it; null for 1
   */
  public final void step(Queue queue, @Nullable Matrix gradientScale) {
    // a parameter that was frozen for a while is at a step of its own, as in PyTorch
    Map<Long, List<UpdateTarget>> targetsByStep = new TreeMap<>();
    for (Parameter parameter : parameters) {
      if (parameter.requiresGradient()) {
        ParameterState state = state(parameter);
        targetsByStep
            .computeIfAbsent(state.advance(), t -> new ArrayList<>())
            .add(state.target(statesPerParameter()));
        parameter.markWritten();
      }
    }
    targetsByStep.forEach((t, targets) -> queue.update(rule(t), targets, gradientScale));
    stepCount++;
  }

  private ParameterState state(Parameter parameter) {
    return states.computeIfAbsent(parameter, p -> new ParameterState(p, scope));
  }

  /**
   * Downloads everything that the next step depends on, beside the parameters and the settings of
   * this optimizer. Names: {@code optimizer.learning_rate}, {@code optimizer.step_count} and, for
   * each parameter that was updated, {@code optimizer.step.PATH}, {@code optimizer.first.PATH},
   * {@code optimizer.second.PATH}. Blocks.
   */
  public final Map<String, double[]> exportState(Queue queue) {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    arrays.put(LEARNING_RATE, new double[] {learningRate});
    arrays.put(STEP_COUNT, new double[] {stepCount});
    states.values().forEach(state -> state.export(queue, statesPerParameter(), arrays));
    return arrays;
  }

  /**
   * Restores an exported state into an optimizer of the same kind and settings over parameters of
   * the same paths and sizes.
   *
   * @throws IllegalArgumentException when an array is missing, unknown or of another length;
   *     nothing is changed then
   */
  public final void importState(Queue queue, Map<String, double[]> arrays) {
    StateArrays source = new StateArrays(arrays);
    double newLearningRate = requireAtLeastZero("learning rate", source.get(LEARNING_RATE, 1)[0]);
    long newStepCount = source.count(STEP_COUNT);
    for (Parameter parameter : parameters) {
      if (ParameterState.isIn(source, parameter)) {
        ParameterState.check(source, parameter, statesPerParameter());
      }
    }
    source.requireAllRead();
    learningRate = newLearningRate;
    stepCount = newStepCount;
    for (Parameter parameter : parameters) {
      if (ParameterState.isIn(source, parameter)) {
        state(parameter).restore(queue, statesPerParameter(), source);
      } else {
        state(parameter).reset(queue);
      }
    }
  }

  /** Bytes of the running means on the device. */
  public final long bytes() {
    return scope.bytes();
  }

  /** Frees the running means. */
  @Override
  public final void close() {
    scope.close();
  }

  static double requireAtLeastZero(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and not negative, got " + value);
    }
    return value;
  }

  static double requireDecay(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1), got " + value);
    }
    return value;
  }
}
