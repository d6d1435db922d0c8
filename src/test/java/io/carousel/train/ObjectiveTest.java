package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An objective that carries nothing from batch to batch. */
class ObjectiveTest {
  private static final class Stateless implements Objective<Integer> {
    @Override
    public ParameterSet parameters() {
      throw new AssertionError();
    }

    @Override
    public Queue queue() {
      throw new AssertionError();
    }

    @Override
    public double weight(Integer batch) {
      return batch;
    }

    @Override
    public void accumulate(Integer batch, double totalWeight, int draw, Matrix loss) {}

    @Override
    public void evaluate(Integer batch, double totalWeight, Matrix loss) {}

    @Override
    public void close() {}
  }

  @Test
  void refusesStateThatItDoesNotCarry() {
    try (Stateless objective = new Stateless()) {
      assertTrue(objective.exportCarried().isEmpty());
      objective.importCarried(Map.of());
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> objective.importCarried(Map.of("h", new double[] {1})))
              .getMessage();
      assertEquals("nothing is carried here, got [h]", message);
    }
  }
}
