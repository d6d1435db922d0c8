package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.data.Refusal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AbnormalBeatsTest {
  private static final double NAN = Double.NaN;

  @Test
  void thresholdIsTheMedianPlusSpreadsBelowIt() {
    // median 3; the scores up to it lie 2, 1 and 0 below it
    AbnormalBeats beats = AbnormalBeats.fit(new double[] {100, 2, NAN, 3, 1, 50}, 3);
    assertEquals(3 + 3 * 1.4826 * 1, beats.threshold(), 1e-12);
    assertArrayEquals(new boolean[] {false, true, false}, beats.mark(new double[] {7.4, 7.5, NAN}));
    // median 2.5, below it 0.5 and 1.5
    assertEquals(2.5 + 1.4826, AbnormalBeats.fit(new double[] {4, 3, 2, 1}, 1).threshold(), 1e-12);
  }

  @Test
  void aQuarterOfAbnormalBeatsDoesNotHideThem() {
    Random random = new Random(3);
    double[] scores = new double[400];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (i % 4 == 0 ? 1.6 : 1.0) + 0.1 * random.nextGaussian();
    }
    boolean[] marked = AbnormalBeats.fit(scores, AbnormalBeats.DEFAULT_K).mark(scores);
    int missed = 0;
    int wrong = 0;
    for (int i = 0; i < scores.length; i++) {
      missed += i % 4 == 0 && !marked[i] ? 1 : 0;
      wrong += i % 4 != 0 && marked[i] ? 1 : 0;
    }
    assertEquals(0, missed);
    assertEquals(0, wrong, 9, "of 300 normal beats");
  }

  @Test
  void refusesBadInput() {
    Refusal.expect(
        IllegalArgumentException.class,
        () -> AbnormalBeats.fit(new double[] {NAN}, 2),
        "no training beat has a score");
    Refusal.expect(
        IllegalArgumentException.class,
        () -> AbnormalBeats.fit(new double[] {1}, NAN),
        "k must be positive");
  }
}
