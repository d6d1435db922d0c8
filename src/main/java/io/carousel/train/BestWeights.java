package io.carousel.train;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** A copy of all parameters on the device: those of the best epoch. */
final class BestWeights implements AutoCloseable {
  private final ParameterSet parameters;
  private final BufferScope scope;
  private final Map<Parameter, Matrix> copies = new LinkedHashMap<>();

  BestWeights(ParameterSet parameters) {
    this.parameters = parameters;
    scope = new BufferScope(parameters.device(), "best weights");
  }

  boolean isEmpty() {
    return copies.isEmpty();
  }

  /** Keeps the parameters as they are now. */
  void keep(Queue queue) {
    for (Parameter parameter : parameters) {
      queue.copy(parameter.value(), copyOf(parameter));
    }
  }

  /** Brings the kept ones back; does nothing when none were kept. */
  void restore(Queue queue) {
    copies.forEach(
        (parameter, copy) -> {
          queue.copy(copy, parameter.value());
          parameter.markWritten();
        });
  }

  /** The copy of one parameter, allocated when it is first asked for. */
  Matrix copyOf(Parameter parameter) {
    return copies.computeIfAbsent(parameter, p -> scope.reals(p.path(), p.rows(), p.columns()));
  }

  @Override
  public void close() {
    scope.close();
    copies.clear();
  }
}
