package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.AamiClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeatRecordTest {
  private static final int RATE = 100;

  @TempDir Path folder;

  private Path record(String name, int seconds, int everySamples, String... leads)
      throws IOException {
    int[] beats =
        IntStream.iterate(50, b -> b < seconds * RATE - 50, b -> b + everySamples).toArray();
    return SyntheticRecord.write(folder, name, List.of(leads), RATE, seconds * RATE, beats);
  }

  @Test
  void theLeadIsChosenByNameNotByPlace() throws IOException {
    assertEquals(
        List.of("MLII", "V5"),
        BeatRecord.annotated(TestData.require("mitdb-ds1").resolve("114.hea")).leadNames());
    assertEquals(
        List.of("II", "V1"),
        BeatRecord.annotated(record("a", 60, 80, "V5", "V1", "II")).leadNames());
    assertEquals(
        List.of("aVR", "aVL"), BeatRecord.annotated(record("b", 60, 80, "aVR", "aVL")).leadNames());
    assertEquals(List.of("V2"), BeatRecord.annotated(record("c", 60, 80, "V2")).leadNames());
  }

  @Test
  void aMissingSecondLeadGivesZerosInItsPlace() throws IOException {
    BeatRecord one = BeatRecord.annotated(record("one", 120, 80, "MLII"));
    BeatRecord two = BeatRecord.annotated(record("two", 120, 80, "MLII", "V1"));
    float[] features = one.stretch(0).features();
    float[] both = two.stretch(0).features();
    int width = BeatFeatures.COUNT;
    assertEquals(both.length, features.length);
    for (int i = 0; i < features.length; i++) {
      boolean second = i % width >= width - BeatFeatures.PER_LEAD;
      assertEquals(second ? 0 : both[i], features[i], "feature " + i % width);
    }
  }

  @Test
  void aLongRecordIsReadInStretchesThatHoldEveryBeatOnce() throws IOException {
    int seconds = 4 * 3600;
    BeatRecord record = BeatRecord.annotated(record("long", seconds, 90, "MLII", "V1"));
    assertEquals(8, record.stretches());
    int next = 0;
    double longest = (BeatRecord.STRETCH_SECONDS + 2 * BeatRecord.CONTEXT_SECONDS + 10) * RATE;
    for (int s = 0; s < record.stretches(); s++) {
      BeatStretch stretch = record.stretch(s);
      for (float[] signal : stretch.signals()) {
        assertTrue(signal.length <= longest, signal.length + " samples in memory");
      }
      assertEquals(next, stretch.first());
      next = stretch.end();
      assertTrue(stretch.contextFirst() < stretch.first() || s == 0);
      assertTrue(stretch.contextEnd() > stretch.end() || next == record.beatCount());
      assertEquals(stretch.size() * BeatFeatures.COUNT, stretch.features().length);
    }
    assertEquals(record.beatCount(), next);
  }

  @Test
  void beatsAreFoundWhereNothingIsAnnotatedAlsoAcrossStretches() throws IOException {
    Path header = record("silent", 2 * 3600, 90, "V1", "MLII");
    BeatRecord annotated = BeatRecord.annotated(header);
    Files.delete(folder.resolve("silent.atr"));
    BeatRecord detected = BeatRecord.detected(header);
    assertEquals(annotated.beatCount(), detected.beatCount());
    for (int i = 0; i < detected.beatCount(); i++) {
      assertEquals((double) annotated.beat(i), (double) detected.beat(i), 2);
    }
    assertNull(detected.annotatedClass(0));
    assertEquals(AamiClass.N, annotated.annotatedClass(0));
  }

  @Test
  void featuresDoNotDependOnTheGainOfTheLeads() throws IOException {
    Path header = record("gain", 120, 80, "MLII", "V1");
    float[] before = BeatRecord.annotated(header).stretch(0).features();
    Files.writeString(header, Files.readString(header).replace("100(0)", "25(0)"));
    assertArrayEquals(before, BeatRecord.annotated(header).stretch(0).features(), 1e-3f);
  }

  @Test
  void aPrematureBeatShowsInItsIntervals() throws IOException {
    int[] beats = IntStream.range(0, 60).map(i -> 50 + 80 * i).toArray();
    beats[30] -= 24;
    Path header = SyntheticRecord.write(folder, "early", List.of("MLII"), RATE, 5000, beats);
    float[] features = BeatRecord.annotated(header).stretch(0).features();
    int width = BeatFeatures.COUNT;
    double expected = 3 * Math.log(56.0 / 80);
    assertEquals(0, features[20 * width], 1e-6, "a beat in time");
    assertEquals(expected, features[30 * width], 1e-5, "interval before the premature beat");
    assertEquals(3 * Math.log(104.0 / 80), features[30 * width + 1], 1e-5, "interval after it");
    assertEquals(expected, features[30 * width + 2], 1e-5, "against the beats around");
  }

  @Test
  void recordsThatCannotBeUsedAreNamed() throws IOException {
    Path header = SyntheticRecord.write(folder, "none", List.of("MLII"), RATE, 1000, new int[0]);
    IOException none = assertThrows(IOException.class, () -> BeatRecord.annotated(header));
    assertTrue(none.getMessage().contains("none.hea"), none.getMessage());
    assertTrue(none.getMessage().contains("no heartbeat is annotated"), none.getMessage());
    Files.delete(folder.resolve("none.atr"));
    IOException missing = assertThrows(IOException.class, () -> BeatRecord.annotated(header));
    assertTrue(missing.getMessage().contains("none.atr"), missing.getMessage());
  }
}
