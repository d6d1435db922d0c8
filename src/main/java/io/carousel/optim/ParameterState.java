package io.carousel.optim;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.UpdateTarget;
import io.carousel.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an optimizer remembers of one parameter: its number of steps and up to two matrices. */
final class ParameterState {
  private static final List<String> NAMES = List.of("first", "second");

  private final Parameter parameter;
  private final BufferScope scope;
  private final List<Matrix> matrices = new ArrayList<>();
  private UpdateTarget target;
  private long steps;

  ParameterState(Parameter parameter, BufferScope scope) {
    this.parameter = parameter;
    this.scope = scope;
    target = new UpdateTarget(parameter.value(), parameter.gradient(), null, null);
  }

  /** Counts a step and returns its number, from 1. */
  long advance() {
    return ++steps;
  }

  /** The parameter with at least {@code count} state matrices, new ones zero. */
  UpdateTarget target(int count) {
    while (matrices.size() < count) {
      String name = parameter.path() + "." + NAMES.get(matrices.size());
      matrices.add(scope.reals(name, parameter.rows(), parameter.columns()));
      target =
          new UpdateTarget(
              parameter.value(),
              parameter.gradient(),
              matrices.get(0),
              matrices.size() > 1 ? matrices.get(1) : null);
    }
    return target;
  }

  private static String stepName(Parameter parameter) {
    return "optimizer.step." + parameter.path();
  }

  private static String matrixName(Parameter parameter, int i) {
    return "optimizer." + NAMES.get(i) + "." + parameter.path();
  }

  /** Whether a parameter had been updated when its state was exported. */
  static boolean isIn(StateArrays arrays, Parameter parameter) {
    return arrays.contains(stepName(parameter));
  }

  /** Throws where the state of a parameter with {@code count} matrices is not as it must be. */
  static void check(StateArrays arrays, Parameter parameter, int count) {
    arrays.count(stepName(parameter));
    for (int i = 0; i < count; i++) {
      arrays.get(matrixName(parameter, i), parameter.size());
    }
  }

  void export(Queue queue, int count, Map<String, double[]> arrays) {
    if (steps == 0) {
      return;
    }
    target(count);
    arrays.put(stepName(parameter), new double[] {steps});
    for (int i = 0; i < count; i++) {
      double[] values = new double[parameter.size()];
      queue.download(matrices.get(i), values, 0);
      arrays.put(matrixName(parameter, i), values);
    }
  }

  void restore(Queue queue, int count, StateArrays arrays) {
    target(count);
    steps = arrays.count(stepName(parameter));
    for (int i = 0; i < count; i++) {
      queue.upload(arrays.get(matrixName(parameter, i), parameter.size()), 0, matrices.get(i));
    }
  }

  /** Back to the state before the first step. */
  void reset(Queue queue) {
    steps = 0;
    for (Matrix matrix : matrices) {
      queue.fill(matrix, 0);
    }
  }
}
