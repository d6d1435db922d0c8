package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RPeakStreamTest {
  private record Told(int peak, int at) {}

  private static List<Told> run(RPeakStream stream, float[] lead) {
    List<Told> told = new ArrayList<>();
    for (int t = 0; t < lead.length; t++) {
      OptionalLong peak = stream.add(lead[t]);
      if (peak.isPresent()) {
        told.add(new Told((int) peak.getAsLong(), t));
      }
    }
    return told;
  }

  private static int[] peaks(List<Told> told) {
    return told.stream().mapToInt(Told::peak).toArray();
  }

  @Test
  void findsThePeaksThatTheDetectorFindsInTheWholeSignal() {
    float[] lead = BundledEcg.load().samplesMillivolts();
    int[] whole = new RPeakDetector(360).detect(lead);

    int[] stream = peaks(run(new RPeakStream(360), lead));

    // the last beat is not certain yet when the signal ends
    assertArrayEquals(IntStream.of(whole).limit(whole.length - 1).toArray(), stream);
    assertEquals(502, whole.length);
  }

  @Test
  void tellsEachPeakOnceAndWithinItsDelay() {
    RPeakStream stream = new RPeakStream(360);

    List<Told> told = run(stream, BundledEcg.load().samplesMillivolts());

    assertEquals(252, stream.delay()); // 0.7 s
    for (int i = 0; i < told.size(); i++) {
      int late = told.get(i).at() - told.get(i).peak();
      assertTrue(late >= 0.6 * 360 && late < stream.delay(), told.get(i)::toString);
      assertTrue(
          i == 0 || told.get(i).peak() - told.get(i - 1).peak() >= 72, told.get(i)::toString);
    }
  }

  @Test
  void recoversFromALeadThatFellOff() {
    float[] lead = BundledEcg.load().samplesMillivolts();
    for (int t = 36_000; t < 43_200; t++) {
      lead[t] = t < 36_100 ? 40 : 0; // a jolt, then twenty seconds of nothing
    }
    int[] whole = new RPeakDetector(360).detect(BundledEcg.load().samplesMillivolts());

    int[] stream = peaks(run(new RPeakStream(360), lead));

    int settled = 43_200 + 8 * 360;
    assertArrayEquals(
        IntStream.of(whole).filter(p -> p > settled).limit(50).toArray(),
        IntStream.of(stream).filter(p -> p > settled).limit(50).toArray());
    assertEquals(0, IntStream.of(stream).filter(p -> p > 37_000 && p < 43_000).count());
  }

  @Test
  void refusesWhatIsNoNumber() {
    RPeakStream stream = new RPeakStream(360);
    stream.add(0);

    var refusal = assertThrows(IllegalArgumentException.class, () -> stream.add(Float.NaN));

    assertEquals(
        "cannot find R peaks: sample 1 is NaN; fill or cut it first", refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new RPeakStream(40));
  }
}
