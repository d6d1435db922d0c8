package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.data.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WfdbRecordTest {
  @TempDir Path folder;

  private Path header(String... lines) throws IOException {
    return WfdbFiles.header(folder, lines);
  }

  private void data(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  /** Random samples {@code [channels][length]} between ±{@code bound}. */
  private static int[][] signals(int channels, int length, int bound) {
    Random random = new Random(channels * 31L + length);
    int[][] signals = new int[channels][length];
    for (int[] signal : signals) {
      Arrays.setAll(signal, i -> random.nextInt(2 * bound) - bound + 1);
    }
    return signals;
  }

  private static int[] interleave(int[][] signals) {
    int[] frames = new int[signals.length * signals[0].length];
    Arrays.setAll(frames, i -> signals[i % signals.length][i / signals.length]);
    return frames;
  }

  private static String line(String file, String format, int[] signal) {
    return file
        + " "
        + format
        + " 200 12 0 "
        + signal[0]
        + " "
        + WfdbFiles.checksum(signal)
        + " 0 x";
  }

  @Test
  void anyNumberOfSignalsInAnyFormat() throws IOException {
    for (int format : new int[] {16, 80, 212}) {
      for (int channels = 1; channels <= 5; channels++) {
        for (int length : new int[] {1, 2, 7, 40_001}) {
          int[][] signals = signals(channels, length, format == 80 ? 127 : 2047);
          int[] frames = interleave(signals);
          byte[] bytes =
              switch (format) {
                case 16 -> WfdbFiles.format16(frames);
                case 80 -> WfdbFiles.format80(frames);
                default -> WfdbFiles.format212(frames);
              };
          data("a.dat", bytes);
          String[] lines = new String[1 + channels];
          lines[0] = "rec " + channels + " 360 " + length;
          for (int s = 0; s < channels; s++) {
            lines[1 + s] = line("a.dat", Integer.toString(format), signals[s]);
          }
          WfdbRecord record = WfdbRecord.open(header(lines));
          for (int s = 0; s < channels; s++) {
            assertArrayEquals(signals[s], record.samples(s, 0, length));
            int from = length / 3;
            int to = length - length / 4;
            assertArrayEquals(
                Arrays.copyOfRange(signals[s], from, to), record.samples(s, from, to));
            assertEquals(0, record.samples(s, length, length).length);
          }
        }
      }
    }
  }

  @Test
  void severalFilesWithByteOffsets() throws IOException {
    data("a.dat", WfdbFiles.format16(9999, 1, 10, 2, 20));
    data("b.dat", WfdbFiles.format212(-3, 5));
    WfdbRecord record =
        WfdbRecord.open(
            header(
                "rec 3 100 2",
                "a.dat 16+2 200 12 0 1 3 0 I",
                "a.dat 16+2 200 12 0 10 30 0 II",
                "b.dat 212 200 12 0 -3 2 0 III"));
    assertArrayEquals(new int[] {1, 2}, record.samples(0, 0, 2));
    assertArrayEquals(new int[] {10, 20}, record.samples(record.signalNumber("II"), 0, 2));
    assertArrayEquals(new int[] {5}, record.samples(2, 1, 2));
    assertEquals(100.0, record.samplingRateHz());
    Refusal.expect(
        IllegalArgumentException.class, () -> record.signalNumber("V9"), "V9", "[I, II, III]");
    Refusal.expect(IndexOutOfBoundsException.class, () -> record.samples(3, 0, 1), "3");
    Refusal.expect(IndexOutOfBoundsException.class, () -> record.samples(0, 0, 3), "3");
  }

  @Test
  void amplitudesInTheirUnitsAndInvalidSamplesAsNan() throws IOException {
    data("a.dat", WfdbFiles.format16(1224, -32768, 1024, -2048));
    data("b.dat", WfdbFiles.format212(-2048, 100, 0, -100));
    data("c.dat", WfdbFiles.format80(-128, 0, 1, 2));
    WfdbRecord record =
        WfdbRecord.open(
            header(
                "rec 3 100 4", "a.dat 16 200(1024)", "b.dat 212 1/uV", "c.dat 80 2/mmHg 8 0 -128"));
    assertArrayEquals(new float[] {1, Float.NaN, 0, -15.36f}, record.amplitudesMillivolts(0, 0, 4));
    assertArrayEquals(
        new float[] {Float.NaN, 0.1f, 0, -0.1f}, record.amplitudesMillivolts(1, 0, 4));
    assertArrayEquals(new float[] {Float.NaN, 100, 0, -100}, record.amplitudes(1, 0, 4));
    assertArrayEquals(new float[] {Float.NaN, 0, 0.5f, 1}, record.amplitudes(2, 0, 4));
    Refusal.expect(
        WfdbException.class, () -> record.amplitudesMillivolts(2, 0, 4), "signal 2", "mmHg");
  }

  @Test
  void withoutANumberOfSamplesTheFileSaysItAndNothingIsVerified() throws IOException {
    data("a.dat", WfdbFiles.format16(1, 2, 3, 4, 5, 6));
    WfdbRecord record =
        WfdbRecord.open(header("rec 2 360", "a.dat 16 200 12 0 77 77 0", "a.dat 16"));
    assertEquals(3, record.sampleCount());
    assertArrayEquals(new int[] {2, 4, 6}, record.samples(1, 0, 3));
  }

  @Test
  void aCompletedLastPairOfFormat212IsPadding() throws IOException {
    data("a.dat", new byte[] {1, 0, 0, 2, 0, 0});
    assertEquals(3, WfdbRecord.open(header("rec 1 360 3", "a.dat 212")).sampleCount());
  }

  @Test
  void wrongChecksumOrFirstSampleNamesFileExpectedAndFound() throws IOException {
    data("a.dat", WfdbFiles.format16(5, 50, 6, 60));
    Path checksum =
        header("rec 2 360 2", "a.dat 16 200 12 0 5 11 0 I", "a.dat 16 200 12 0 50 111 0 II");
    Refusal.expect(
        WfdbException.class,
        () -> WfdbRecord.open(checksum),
        "a.dat",
        "signal 1 (II): checksum is 110, the header says 111");
    assertArrayEquals(new int[] {60}, WfdbRecord.openUnverified(checksum).samples(1, 1, 2));
    Path first = header("rec 2 360 2", "a.dat 16 200 12 0 4 11 0 I", "a.dat 16");
    Refusal.expect(
        WfdbException.class,
        () -> WfdbRecord.open(first),
        "signal 0 (I): first sample is 5, the header says 4");
  }

  @Test
  void lengthsAreChecked() throws IOException {
    data("a.dat", WfdbFiles.format16(1, 2, 3));
    refused("a.dat: truncated: holds 3 samples per signal", "rec 1 360 4", "a.dat 16");
    refused("truncated", "rec 1 360 9223372036854775807", "a.dat 16");
    refused("2 bytes more than 2 samples", "rec 1 360 2", "a.dat 16");
    refused("2 bytes more than 1 samples of 2", "rec 2 360", "a.dat 16", "a.dat 16");
    refused("shorter than its byte offset of 99", "rec 1 360 2", "a.dat 16+99");
    refused("b.dat: no such file", "rec 1 360 2", "b.dat 16");
    data("c.dat", new byte[2]);
    refused("truncated", "rec 2 360 1", "c.dat 212", "c.dat 212");
    data("c.dat", new byte[0]);
    refused("truncated", "rec 1 360 1", "c.dat 80");
  }

  @Test
  void filesAreConsistentAndBesideTheHeader() throws IOException {
    data("a.dat", new byte[4]);
    data("b.dat", new byte[4]);
    refused("differ in format", "rec 2 360", "a.dat 16", "a.dat 80");
    refused("do not follow each other", "rec 3 360", "a.dat 16", "b.dat 16", "a.dat 16");
    refused("not a plain name", "rec 1 360", "../a.dat 16");
    refused("not a plain name", "rec 1 360", "/etc/hostname 80");
    refused("not a plain name", "rec 1 360", "- 16");
    refused("b.dat: truncated", "rec 2 360", "a.dat 80", "b.dat 16");
  }

  @Test
  void aRecordWithoutSignalsHasNoSamples() throws IOException {
    assertEquals(0, WfdbRecord.open(header("rec 0")).sampleCount());
  }

  @Test
  void aFileCutAfterOpeningIsNoticed() throws IOException {
    data("a.dat", WfdbFiles.format16(1, 2, 3, 4));
    WfdbRecord record = WfdbRecord.open(header("rec 1 360 4", "a.dat 16"));
    data("a.dat", WfdbFiles.format16(1, 2));
    Refusal.expect(WfdbException.class, () -> record.samples(0, 0, 4), "a.dat", "truncated");
  }

  private void refused(String part, String... lines) throws IOException {
    Path file = header(lines);
    Refusal.expect(WfdbException.class, () -> WfdbRecord.open(file), part);
  }
}
