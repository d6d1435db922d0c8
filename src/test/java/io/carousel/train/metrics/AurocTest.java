package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.data.Refusal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AurocTest {
  @Test
  void perfectReversedAndConstantScores() {
    boolean[] positive = {false, false, true, true};
    assertEquals(1.0, Auroc.of(new double[] {1, 2, 3, 4}, positive));
    assertEquals(0.0, Auroc.of(new double[] {4, 3, 2, 1}, positive));
    assertEquals(0.5, Auroc.of(new double[] {7, 7, 7, 7}, positive));
  }

  @Test
  void equalsTheShareOfOrderedPairsWithTiesCountingHalf() {
    Random random = new Random(5);
    for (int trial = 0; trial < 50; trial++) {
      int n = 2 + random.nextInt(60);
      double[] scores = new double[n];
      boolean[] positive = new boolean[n];
      for (int i = 0; i < n; i++) {
        scores[i] = random.nextInt(8) - 4.0;
        positive[i] = random.nextInt(3) == 0;
      }
      positive[0] = true;
      positive[1] = false;
      double ordered = 0;
      int pairs = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (positive[i] && !positive[j]) {
            pairs++;
            ordered += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
          }
        }
      }
      assertEquals(ordered / pairs, Auroc.of(scores, positive), 1e-12);
    }
  }

  @Test
  void negativeZeroTiesWithZero() {
    assertEquals(0.5, Auroc.of(new double[] {-0.0, 0.0}, new boolean[] {true, false}));
  }

  @Test
  void infinitiesAreScores() {
    double[] scores = {Double.NEGATIVE_INFINITY, 0, Double.POSITIVE_INFINITY};
    assertEquals(1.0, Auroc.of(scores, new boolean[] {false, false, true}));
  }

  @Test
  void aMillionEqualScoresAreQuick() {
    boolean[] positive = new boolean[1_000_000];
    for (int i = 0; i < positive.length; i += 2) {
      positive[i] = true;
    }
    assertEquals(0.5, Auroc.of(new double[positive.length], positive));
  }

  @Test
  void refusesWhatHasNoArea() {
    refused(new double[1], new boolean[2], "1 scores and 2 labels");
    refused(new double[2], new boolean[2], "0 positives and 2 negatives");
    refused(new double[] {1, Double.NaN}, new boolean[] {true, false}, "example 1 is NaN");
  }

  private static void refused(double[] scores, boolean[] positive, String part) {
    Refusal.expect(IllegalArgumentException.class, () -> Auroc.of(scores, positive), part);
  }
}
