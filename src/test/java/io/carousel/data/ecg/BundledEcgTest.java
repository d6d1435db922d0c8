package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BundledEcgTest {
  /** Where the excerpt begins in record 208. */
  private static final int EXCERPT_START = 422_820;

  @Test
  void isFiveMinutesInMillivolts() {
    BundledEcg ecg = BundledEcg.load();
    float[] millivolts = ecg.samplesMillivolts();
    assertEquals(360, ecg.samplingRateHz());
    assertEquals(5 * 60 * 360, millivolts.length);
    assertTrue(ecg.source().contains("record 208") && ecg.source().contains("Moody"), ecg.source());
    assertEquals(64, ecg.sha256().length());
    for (float value : millivolts) {
      assertTrue(value > -4 && value < 4, () -> value + " mV");
    }
  }

  @Test
  void resourceIsWhatTheGeneratorMakesOfScipysFile() throws IOException {
    int[] samples =
        BundledEcgGenerator.readNpz(TestData.require("scipy-ecg208").resolve("ecg.dat"));
    assertEquals(108_000, samples.length);
    assertArrayEquals(BundledEcgGenerator.encode(samples), resource());
    float[] millivolts = BundledEcg.load().samplesMillivolts();
    for (int i = 0; i < samples.length; i++) {
      assertEquals((samples[i] - 1024) / 200f, millivolts[i], 1e-6f);
    }
  }

  @Test
  void isAnExcerptOfRecord208() throws IOException {
    WfdbRecord record = WfdbRecord.open(TestData.require("mitdb-ds1").resolve("208.hea"));
    assertArrayEquals(
        record.amplitudesMillivolts(
            record.signalNumber("MLII"), EXCERPT_START, EXCERPT_START + 108_000),
        BundledEcg.load().samplesMillivolts());
  }

  @Test
  void damageIsNoticed() throws IOException {
    byte[] whole = resource();
    byte[] flipped = whole.clone();
    flipped[flipped.length - 1] ^= 1;
    broken(flipped, "SHA-256");
    broken(Arrays.copyOf(whole, whole.length - 1), "ends within its samples");
    broken(Arrays.copyOf(whole, whole.length + 1), "SHA-256");
    broken(Arrays.copyOf(whole, 40), "ends within its header");
    broken(new byte[0], "ends within its header");
    broken("format: carousel-ecg 2\n\n".getBytes(StandardCharsets.US_ASCII), "not in the format");
  }

  private static void broken(byte[] bytes, String how) {
    Refusal.expect(IllegalStateException.class, () -> BundledEcg.decode(bytes), how);
  }

  private static byte[] resource() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(BundledEcg.class.getResourceAsStream(BundledEcg.RESOURCE))) {
      return in.readAllBytes();
    }
  }
}
