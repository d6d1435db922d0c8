package io.carousel.task.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.RandomStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final double[] LOGITS = {Math.log(0.1), Math.log(0.6), Math.log(0.3)};
  private static final int DRAWS = 4000;

  private static double[] frequencies(Sampling how, double... logits) {
    RandomStream random = how.random();
    double[] frequencies = new double[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      frequencies[how.draw(logits, random)] += 1.0 / DRAWS;
    }
    return frequencies;
  }

  @Test
  void temperatureOneGivesTheModelsProbabilities() {
    double[] drawn = frequencies(Sampling.of(1, 3), LOGITS);
    assertEquals(0.1, drawn[0], 0.02);
    assertEquals(0.6, drawn[1], 0.025);
    assertEquals(0.3, drawn[2], 0.025);
  }

  /** p^(1/T): at 0.5 the squares, 0.01 : 0.36 : 0.09. */
  @Test
  void temperatureSharpensAndFlattens() {
    double[] cold = frequencies(Sampling.of(1, 3).withTemperature(0.5), LOGITS);
    assertEquals(0.01 / 0.46, cold[0], 0.01);
    assertEquals(0.36 / 0.46, cold[1], 0.025);
    double[] hot = frequencies(Sampling.of(1, 3).withTemperature(1e6), LOGITS);
    assertEquals(1.0 / 3, hot[0], 0.025);
  }

  @Test
  void topKLeavesTheOthersOut() {
    double[] two = frequencies(Sampling.of(1, 3).withTopK(2), LOGITS);
    assertEquals(0, two[0]);
    assertEquals(2.0 / 3, two[1], 0.025);
    assertEquals(1, frequencies(Sampling.of(1, 3).withTopK(1), LOGITS)[1], 1e-9);
    double[] tied = frequencies(Sampling.of(1, 3).withTopK(2), 1, 1, 1);
    assertTrue(tied[0] > 0 && tied[1] > 0, "ties go to the lower id");
    assertEquals(0, tied[2]);
    assertEquals(1, frequencies(Sampling.of(1, 3).withTopK(9), LOGITS)[0] * 10, 0.2);
  }

  @Test
  void temperatureZeroTakesTheLikeliest() {
    assertEquals(1, frequencies(Sampling.of(1, 3).withTemperature(0), LOGITS)[1], 1e-9);
    assertEquals(1, frequencies(Sampling.of(1, 3).withTemperature(1e-300), LOGITS)[1], 1e-9);
  }

  @Test
  void whatMustNotComeDoesNot() {
    double[] drawn = frequencies(Sampling.of(1, 3), Double.NEGATIVE_INFINITY, 0, 0);
    assertEquals(0, drawn[0]);
  }

  @Test
  void impossibleNumbersAreRefused() {
    Sampling good = Sampling.of(1, 1);
    assertThrows(IllegalArgumentException.class, () -> good.withTopK(-1));
    assertThrows(IllegalArgumentException.class, () -> good.withTemperature(-0.1));
    assertThrows(IllegalArgumentException.class, () -> good.withTemperature(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Sampling.of(-1, 1));
  }
}
