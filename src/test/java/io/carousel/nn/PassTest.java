package io.carousel.nn;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PassTest {
  private final ModelFixture m = new ModelFixture("reference");
  private final Linear linear = new Linear(m.parameters, m.pool, "l", 2, 2);
  private final Matrix x = m.matrix(3, 2, random(1, 6));
  private final Matrix dY = m.matrix(3, 2, random(2, 6));

  @AfterEach
  void close() {
    m.close();
  }

  private List<Pass> passesOfAllLayers() {
    Embedding embedding = new Embedding(m.parameters, m.pool, "e", 4, 2);
    return List.of(
        linear.forward(m.queue, x),
        new ActivationLayer(m.pool, Activation.TANH, 2).forward(m.queue, x),
        new Dropout(m.pool, "d", 1, 0.5, 2).forward(m.queue, x, Draw.of(1)),
        embedding.forward(m.queue, new int[] {0, 1, 2}));
  }

  @Test
  void backwardConsumesAPassOnce() {
    for (Pass pass : passesOfAllLayers()) {
      pass.backward(dY, null);
      assertThrows(IllegalStateException.class, () -> pass.backward(dY, null));
      assertThrows(IllegalStateException.class, pass::output);
      pass.close();
    }
    assertEquals(0, m.pool.lentCount());
  }

  @Test
  void closeAbandonsAPass() {
    for (Pass pass : passesOfAllLayers()) {
      pass.close();
      pass.close();
      assertThrows(IllegalStateException.class, () -> pass.backward(dY, null));
    }
    assertEquals(0, m.pool.lentCount());
    assertArrayEquals(new double[4], linear.weight().downloadGradient(m.queue));
  }

  @Test
  void severalPassesMayBeOpen() {
    Matrix other = m.matrix(3, 2, random(3, 6));
    Pass first = linear.forward(m.queue, x);
    double[] output = m.values(first.output());
    Pass second = linear.forward(m.queue, other);
    assertNotSame(first.output().buffer(), second.output().buffer());
    assertArrayEquals(output, m.values(first.output()));
    second.backward(dY, null);
    first.backward(dY, null);
    double[] together = linear.weight().downloadGradient(m.queue);
    m.parameters.zeroGradients(m.queue);
    linear.forward(m.queue, x).backward(dY, null);
    linear.forward(m.queue, other).backward(dY, null);
    m.assertClose(linear.weight().downloadGradient(m.queue), together, "dW");
  }

  @Test
  void aWrongShapeLeavesThePassOpen() {
    Pass pass = linear.forward(m.queue, x);
    Matrix wrong = m.zeros(2, 2);
    assertThrows(IllegalArgumentException.class, () -> pass.backward(wrong, null));
    assertThrows(IllegalArgumentException.class, () -> pass.backward(dY, wrong));
    assertArrayEquals(new double[4], linear.weight().downloadGradient(m.queue));
    pass.backward(dY, null);
  }
}
