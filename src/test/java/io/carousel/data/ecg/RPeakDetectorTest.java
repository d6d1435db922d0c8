package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.Refusal;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RPeakDetectorTest {
  private static final int EXCERPT_START = 422_820;

  /** Bell-shaped pulses of 1 mV with a standard deviation of 20 ms. */
  private static float[] pulses(double samplingRateHz, int length, int... peaks) {
    float[] lead = new float[length];
    for (int i = 0; i < length; i++) {
      for (int peak : peaks) {
        double z = (i - peak) / (0.020 * samplingRateHz);
        lead[i] += (float) Math.exp(-z * z / 2);
      }
    }
    return lead;
  }

  @Test
  void findsPulsesAtSeveralRatesWhateverTheirSignAndOffset() {
    for (double rate : new double[] {128, 250, 360, 1000}) {
      int[] peaks = IntStream.range(1, 20).map(i -> (int) (rate * 0.8 * i)).toArray();
      float[] lead = pulses(rate, (int) (rate * 0.8 * 20), peaks);
      assertArrayEquals(peaks, new RPeakDetector(rate).detect(lead), "at " + rate + " Hz");
      for (int i = 0; i < lead.length; i++) {
        lead[i] = 5 - 2 * lead[i];
      }
      assertArrayEquals(peaks, new RPeakDetector(rate).detect(lead), "inverted, " + rate + " Hz");
    }
  }

  @Test
  void silenceHasNoPeaks() {
    assertEquals(0, new RPeakDetector(360).detect(new float[2000]).length);
    assertEquals(0, new RPeakDetector(360).detect(new float[0]).length);
  }

  @Test
  void refusesBadInput() {
    Refusal.expect(IllegalArgumentException.class, () -> new RPeakDetector(40), "50 Hz", "40");
    float[] hole = new float[10];
    hole[4] = Float.NaN;
    Refusal.expect(
        IllegalArgumentException.class,
        () -> new RPeakDetector(360).detect(hole),
        "sample 4 is NaN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"101", "115", "122", "209", "223"})
  void findsTheAnnotatedBeatsOfCleanRecords(String name) throws IOException {
    WfdbRecord record = WfdbRecord.open(TestData.require("mitdb-ds1").resolve(name + ".hea"));
    Match match =
        Match.of(
            new RPeakDetector(record.samplingRateHz())
                .detect(record.amplitudesMillivolts(0, 0, record.sampleCount())),
            beats(record, 0, record.sampleCount()));
    assertTrue(match.sensitivity() >= 0.995, match.toString());
    assertTrue(match.predictivity() >= 0.995, match.toString());
  }

  @Test
  void findsTheAnnotatedBeatsOfRecord208() throws IOException {
    WfdbRecord record = WfdbRecord.open(TestData.require("mitdb-ds1").resolve("208.hea"));
    Match whole =
        Match.of(
            new RPeakDetector(360).detect(record.amplitudesMillivolts(0, 0, record.sampleCount())),
            beats(record, 0, record.sampleCount()));
    assertEquals(0.996, whole.sensitivity(), 0.002, whole.toString());
    assertEquals(0.999, whole.predictivity(), 0.002, whole.toString());
    Match excerpt =
        Match.of(
            new RPeakDetector(360).detect(BundledEcg.load().samplesMillivolts()),
            beats(record, EXCERPT_START, EXCERPT_START + 108_000));
    assertEquals(0.982, excerpt.sensitivity(), 0.002, excerpt.toString());
    assertEquals(0.996, excerpt.predictivity(), 0.002, excerpt.toString());
  }

  private static int[] beats(WfdbRecord record, long from, long to) throws IOException {
    return record.annotations("atr").stream()
        .filter(WfdbAnnotation::isBeat)
        .filter(beat -> beat.sample() >= from && beat.sample() < to)
        .mapToInt(beat -> (int) (beat.sample() - from))
        .toArray();
  }

  /** Detections paired with annotations within 150 ms, each used once. */
  private record Match(int found, int missed, int extra) {
    static Match of(int[] detected, int[] annotated) {
      int found = 0;
      int d = 0;
      for (int a = 0; a < annotated.length; a++) {
        while (d < detected.length && detected[d] < annotated[a] - 54) {
          d++;
        }
        if (d < detected.length && detected[d] <= annotated[a] + 54) {
          found++;
          d++;
        }
      }
      return new Match(found, annotated.length - found, detected.length - found);
    }

    double sensitivity() {
      return (double) found / (found + missed);
    }

    double predictivity() {
      return (double) found / (found + extra);
    }
  }
}
