package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The training half (DS1) of the MIT-BIH Arrhythmia Database, read whole. */
class MitBihArrhythmiaTest {
  @Test
  void all22RecordsVerifyAndTheirBeatsCount() throws IOException {
    List<Path> headers;
    try (Stream<Path> files = Files.list(TestData.require("mitdb-ds1"))) {
      headers = files.filter(file -> file.toString().endsWith(".hea")).sorted().toList();
    }
    assertEquals(22, headers.size());
    Map<AamiClass, Integer> beats = new EnumMap<>(AamiClass.class);
    for (Path header : headers) {
      WfdbRecord record = WfdbRecord.open(header); // verifies checksums and first samples
      assertEquals(650_000, record.sampleCount());
      assertEquals(360.0, record.samplingRateHz());
      record
          .header()
          .signals()
          .forEach(signal -> assertTrue(signal.checksum().isPresent(), header.toString()));
      for (WfdbAnnotation annotation : record.annotations("atr")) {
        assertTrue(annotation.sample() < record.sampleCount());
        annotation.aamiClass().ifPresent(c -> beats.merge(c, 1, Integer::sum));
      }
    }
    assertEquals(
        Map.of(
            AamiClass.N, 45_866,
            AamiClass.S, 944,
            AamiClass.V, 3_788,
            AamiClass.F, 415,
            AamiClass.Q, 8),
        beats);
  }
}
