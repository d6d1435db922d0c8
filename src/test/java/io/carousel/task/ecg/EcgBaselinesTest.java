package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.IndexRange;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.data.ecg.RPeakDetector;
import io.carousel.train.metrics.Auroc;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the baselines reach on the bundled excerpt: fitted on the first four minutes, judged on the
 * last. Expected figures come from an independent computation (NumPy, float64, numpy.linalg.solve).
 */
class EcgBaselinesTest {
  private static final int HORIZON = 30;
  private static final IndexRange LAST_MINUTE =
      new IndexRange(Record208.TEST_START, Record208.EXCERPT_LENGTH);

  private final BundledEcg ecg = BundledEcg.load();
  private final float[] lead = ecg.samplesMillivolts();

  private AutoregressiveBaseline fit(int contextLength, int horizon) {
    return AutoregressiveBaseline.fit(
        Arrays.copyOf(lead, Record208.TEST_START), contextLength, horizon);
  }

  @ParameterizedTest
  @CsvSource({
    "32, 0.49161",
    "64, 0.47551",
    "128, 0.45682",
    "180, 0.44322",
    "256, 0.44243",
    "360, 0.44200"
  })
  void rmseInMillivoltsByContextLength(int contextLength, double expected) {
    double rmse = ForecastError.rmse(lead, fit(contextLength, HORIZON).forecast(lead), LAST_MINUTE);
    assertEquals(expected, rmse, 2e-5);
  }

  @Test
  void rmseOfTheLastValue() {
    double rmse =
        ForecastError.rmse(lead, new LastValueBaseline(HORIZON).forecast(lead), LAST_MINUTE);
    assertEquals(0.57993, rmse, 2e-5);
  }

  @Test
  void theForecastErrorSeparatesVentricularAndFusionBeats() throws IOException {
    float[] ahead = fit(32, HORIZON).forecast(lead);
    assertEquals(0.976, auroc(ahead, 0), 0.002);
    assertEquals(1.000, auroc(ahead, Record208.TEST_START), 0.002);
  }

  @Test
  void theLastValueSeparatesThemAsWell() throws IOException {
    // its error is how much the lead moves within the horizon: more in a wide QRS complex
    assertEquals(0.975, auroc(new LastValueBaseline(HORIZON).forecast(lead), 0), 0.002);
  }

  @Test
  void oneSampleAheadItDoesNot() throws IOException {
    float[] ahead = fit(32, 1).forecast(lead);
    assertEquals(0.287, auroc(ahead, 0), 0.002);
    assertEquals(0.266, auroc(ahead, Record208.TEST_START), 0.002);
  }

  private double auroc(float[] forecast, int from) throws IOException {
    Record208 labelled = Record208.require().labelledFrom(from);
    boolean[] abnormal = labelled.abnormal();
    double[] scores = new BeatScore(ecg.samplingRateHz()).score(lead, forecast, labelled.peaks());
    int[] scored = IntStream.range(0, scores.length).filter(i -> scores[i] >= 0).toArray();
    assertTrue(scored.length >= scores.length - 2, scored.length + " of " + scores.length);
    boolean[] positive = new boolean[scored.length];
    for (int i = 0; i < scored.length; i++) {
      positive[i] = abnormal[scored[i]];
    }
    return Auroc.of(Arrays.stream(scored).mapToDouble(i -> scores[i]).toArray(), positive);
  }

  @Test
  void detectedBeatsAreMarkedWithoutAnnotations() throws IOException {
    int[] detected = new RPeakDetector(ecg.samplingRateHz()).detect(lead);
    double[] scores =
        new BeatScore(ecg.samplingRateHz()).score(lead, fit(32, HORIZON).forecast(lead), detected);
    int training = (int) Arrays.stream(detected).filter(p -> p < Record208.TEST_START).count();
    AbnormalBeats rule =
        AbnormalBeats.fit(Arrays.copyOf(scores, training), AbnormalBeats.DEFAULT_K);
    boolean[] marked = rule.mark(scores);

    Record208 labelled = Record208.require().labelledFrom(Record208.TEST_START);
    int[] peaks = labelled.peaks();
    boolean[] abnormal = labelled.abnormal();
    int found = 0;
    int wrong = 0;
    for (int i = 0; i < peaks.length; i++) {
      int peak = peaks[i];
      boolean mark =
          IntStream.range(0, detected.length)
              .anyMatch(d -> marked[d] && Math.abs(detected[d] - peak) <= 54);
      found += mark && abnormal[i] ? 1 : 0;
      wrong += mark && !abnormal[i] ? 1 : 0;
    }
    assertEquals(38, IntStream.range(0, peaks.length).filter(i -> abnormal[i]).count());
    assertTrue(found >= 36, found + " of 38 abnormal beats of the last minute are marked");
    assertTrue(wrong <= 2, wrong + " of 61 normal beats of the last minute are marked");
  }
}
