package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.data.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WfdbHeaderTest {
  @TempDir Path folder;

  private WfdbHeader read(String... lines) throws IOException {
    return WfdbHeader.read(WfdbFiles.header(folder, lines));
  }

  @Test
  void everyField() throws IOException {
    WfdbHeader header =
        read(
            "# ignored, it comes before the signals",
            "",
            "rec_1 2 3.6e2/72.5(10.0) 650000 13:05:00 25/04/1989\r",
            "a.dat 212x1:0+16 200.5(-7)/uV 11 1024 995 -22131 0  lead MLII ",
            "a.dat 212 100 12 0 -5 65535 0 V1",
            "# 69 M 1085 1629 x1",
            "#Aldomet, Inderal");
    assertEquals("rec_1", header.recordName());
    assertEquals(360.0, header.samplingRateHz());
    assertEquals(650_000, header.sampleCount());
    assertEquals(List.of("69 M 1085 1629 x1", "Aldomet, Inderal"), header.comments());
    assertEquals(
        new WfdbSignal(
            "a.dat",
            SampleFormat.FORMAT_212,
            16,
            200.5,
            -7,
            "uV",
            11,
            1024,
            OptionalInt.of(995),
            OptionalInt.of(-22131),
            "lead MLII"),
        header.signals().get(0));
    assertEquals(OptionalInt.of(-1), header.signals().get(1).checksum());
  }

  @Test
  void defaultsOfTheSpecification() throws IOException {
    WfdbHeader header = read("rec 3", "a.dat 16", "b.dat 80 0", "c.dat 16 10/mmHg 0 512");
    assertEquals(250.0, header.samplingRateHz());
    assertEquals(0, header.sampleCount());
    assertEquals(
        new WfdbSignal(
            "a.dat",
            SampleFormat.FORMAT_16,
            0,
            200,
            0,
            "mV",
            12,
            0,
            OptionalInt.empty(),
            OptionalInt.empty(),
            "record rec, signal 0"),
        header.signals().get(0));
    assertEquals(200, header.signals().get(1).adcGain(), "gain 0 says: not calibrated");
    WfdbSignal pressure = header.signals().get(2);
    assertEquals("mmHg", pressure.units());
    assertEquals(12, pressure.adcResolutionBits());
    assertEquals(512, pressure.baseline(), "the ADC zero");
  }

  @Test
  void refusesWhatIsNotSupportedByName() {
    refused("samples per frame", "rec 1", "a.dat 16x4");
    refused("skew", "rec 1", "a.dat 16:3");
    refused("several segments", "rec/2 1 360 100", "seg1 50");
    for (int format : new int[] {0, 8, 24, 32, 61, 160, 310, 311, 508, 516, 524}) {
      refused(
          "signal format " + format + " is not supported (supported: 16, 80, 212)",
          "rec 1",
          "a.dat " + format);
    }
  }

  @Test
  void refusesBadHeadersNamingTheLine() {
    refused("empty", "", "# only a comment");
    refused("line 1", "\u0000\u0001 not a header");
    refused("line 1: bad number of signals", "rec many");
    refused("line 1: bad number of signals", "rec -1");
    refused("line 1: bad number of signals", "rec 99999999999");
    refused("line 1: bad sampling frequency", "rec 1 NaN");
    refused("line 1: bad sampling frequency", "rec 1 0");
    refused("line 1: bad sampling frequency", "rec 1 1e999");
    refused("line 1: bad number of samples", "rec 1 360 -5");
    refused("line 1: bad number of samples", "rec 1 360 99999999999999999999");
    refused("promises 3 signals, but only 1", "rec 3 360 5", "a.dat 16");
    refused("line 2: signal line without a format", "rec 1", "a.dat");
    refused("line 2: bad signal format 'x'", "rec 1", "a.dat x");
    refused("line 2: bad ADC gain", "rec 1", "a.dat 16 big");
    refused("line 2: bad ADC gain", "rec 1", "a.dat 16 1e999");
    refused("line 2: bad baseline", "rec 1", "a.dat 16 200(99999999999)");
    refused("line 2: bad ADC zero", "rec 1", "a.dat 16 200 11 z");
    refused("checksum '65536' does not fit", "rec 1", "a.dat 16 200 11 0 0 65536");
  }

  @Test
  void refusesMissingAndHugeFiles() throws IOException {
    Path missing = folder.resolve("none.hea");
    Refusal.expect(WfdbException.class, () -> WfdbHeader.read(missing), "none.hea: no such file");
    Path huge = Files.write(folder.resolve("huge.hea"), new byte[(1 << 20) + 1]);
    Refusal.expect(WfdbException.class, () -> WfdbHeader.read(huge), "too many for a WFDB header");
  }

  private void refused(String part, String... lines) {
    Refusal.expect(WfdbException.class, () -> read(lines), "rec.hea", part);
  }
}
