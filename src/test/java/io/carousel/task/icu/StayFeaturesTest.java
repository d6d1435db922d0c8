package io.carousel.task.icu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.icu.IcuStay;
import io.carousel.data.icu.IcuStay.Measurement;
import io.carousel.data.icu.IcuStay.Unit;
import io.carousel.data.icu.IcuVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StayFeaturesTest {
  private static final IcuVariable HR = IcuVariable.HR;

  static IcuStay stay(int id, double age, Measurement... measurements) {
    return new IcuStay(id, age, 1, Double.NaN, 80, Unit.MEDICAL, List.of(measurements));
  }

  /** Heart rates of mean 80 and standard deviation 10: 1,000 each of 70 and 90. */
  private static StayNormalizer normalizer() {
    List<Measurement> rates = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rates.add(new Measurement(i, HR, 70));
      rates.add(new Measurement(i, HR, 90));
    }
    return StayNormalizer.fit(List.of(stay(1, 50, rates.toArray(Measurement[]::new)), stay(2, 70)));
  }

  private static float at(float[] steps, int hour, StayFeatures.Block block) {
    return steps[hour * StayFeatures.COUNT + block.column() + HR.ordinal()];
  }

  @Test
  void eachStepHoldsWhatIsKnownByThen() {
    IcuStay stay =
        stay(
            3,
            60,
            new Measurement(70, HR, 85),
            new Measurement(110, HR, 70),
            new Measurement(240, HR, 90));
    float[] steps = new StayFeatures(normalizer()).of(stay);
    assertEquals(48 * StayFeatures.COUNT, steps.length);
    // before the first value: the mean, and the time since admission
    for (StayFeatures.Block block : StayFeatures.Block.values()) {
      double expected = block == StayFeatures.Block.SINCE ? Math.log1p(1) / Math.log(49) : 0;
      assertEquals(expected, at(steps, 0, block), 1e-6, block::toString);
    }
    check(steps, 1, -1, 1, 10 / 60.0, -0.25, -1, 0.5, -1.5, 2);
    check(steps, 3, -1, 0, 130 / 60.0, -0.25, -1, 0.5, -1.5, 2);
    check(steps, 4, 1, 1, 1, 0.5 / 3, -1, 1, 0.5, 3);
    check(steps, 47, 1, 0, 44, 0.5 / 3, -1, 1, 0.5, 3);
  }

  private static void check(float[] steps, int hour, double... expected) {
    StayFeatures.Block[] blocks = StayFeatures.Block.values();
    for (int i = 0; i < expected.length; i++) {
      boolean logarithmic =
          blocks[i] == StayFeatures.Block.SINCE || blocks[i] == StayFeatures.Block.COUNT;
      double value = logarithmic ? Math.log1p(expected[i]) / Math.log(49) : expected[i];
      assertEquals(value, at(steps, hour, blocks[i]), 1e-6, hour + " h, " + blocks[i]);
    }
  }

  @Test
  void nothingOfALaterHourIsInAStep() {
    StayFeatures features = new StayFeatures(normalizer());
    Measurement early = new Measurement(30, HR, 85);
    float[] with = features.of(stay(3, 60, early, new Measurement(1200, HR, 60)));
    float[] without = features.of(stay(3, 60, early));
    int until = 20 * StayFeatures.COUNT;
    assertArrayEquals(Arrays.copyOf(without, until), Arrays.copyOf(with, until));
    assertEquals(-1, at(with, 20, StayFeatures.Block.CHANGE), 0.51);
  }

  @Test
  void outliersAreLimitedToTheMiddleOfTheTrainingValues() {
    StayFeatures features = new StayFeatures(normalizer());
    float[] steps = features.of(stay(3, 200, new Measurement(10, HR, 300)));
    assertEquals(1, at(steps, 0, StayFeatures.Block.LAST), 1e-6);
    int age = StayFeatures.Block.values().length * IcuVariable.values().length;
    assertEquals(1, steps[age], 1e-6, "ages 50 and 70 are −1 and 1");
    assertEquals(0, steps[age + 1], "a missing height is the mean");
  }

  @Test
  void bothTailsOfLastAndMeanAndTheMeanByAge() {
    StayNormalizer rates = StayNormalizer.fit(List.of(stay(1, 50, spread()), stay(2, 70)));
    float[] steps =
        new StayFeatures(rates)
            .of(stay(3, 70, new Measurement(10, HR, 110), new Measurement(70, HR, 50)));
    float high = at(steps, 0, StayFeatures.Block.LAST);
    float low = at(steps, 1, StayFeatures.Block.LAST);
    assertTrue(high > 1.2 && low < -1.2, high + " " + low);
    assertEquals(high - 1, at(steps, 0, StayFeatures.Block.ABOVE), 1e-6);
    assertEquals(high - 1, at(steps, 0, StayFeatures.Block.MEAN_ABOVE), 1e-6);
    assertEquals(high, at(steps, 0, StayFeatures.Block.MEAN_BY_AGE), 1e-6, "the age is 1");
    assertEquals(-1 - low, at(steps, 1, StayFeatures.Block.BELOW), 1e-6);
    assertEquals(0, at(steps, 1, StayFeatures.Block.MEAN_ABOVE), "the mean is in the middle");
    float[] falling = new StayFeatures(rates).of(stay(3, 50, new Measurement(10, HR, 50)));
    assertEquals(-1 - low, at(falling, 0, StayFeatures.Block.MEAN_BELOW), 1e-6);
    assertEquals(-low, at(falling, 0, StayFeatures.Block.MEAN_BY_AGE), 1e-6, "the age is −1");
  }

  /** Rates of 50 to 110, all as often. */
  private static Measurement[] spread() {
    return IntStream.range(0, 610)
        .mapToObj(i -> new Measurement(i, HR, 50 + i / 10))
        .toArray(Measurement[]::new);
  }
}
