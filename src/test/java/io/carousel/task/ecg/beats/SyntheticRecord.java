package io.carousel.task.ecg.beats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes WFDB records of pulses for tests. */
final class SyntheticRecord {
  private SyntheticRecord() {}

  /**
   * Writes NAME.hea, NAME.dat and NAME.atr: a pulse of 1 mV in each lead at each beat.
   *
   * @param leads names
   * @param rateHz whole number
   * @param samples per lead
   * @param beats ascending samples, closer to each other than 1024 of them
   * @return the header
   */
  static Path write(
      Path folder, String name, List<String> leads, int rateHz, int samples, int[] beats)
      throws IOException {
    byte[] signal = new byte[samples * leads.size()];
    Arrays.fill(signal, (byte) 128);
    ByteBuffer marks = ByteBuffer.allocate(2 * beats.length + 2).order(ByteOrder.LITTLE_ENDIAN);
    int last = 0;
    for (int beat : beats) {
      for (int k = -4; k <= 4; k++) {
        int at = Math.max(0, Math.min(samples - 1, beat + k));
        for (int lead = 0; lead < leads.size(); lead++) {
          signal[at * leads.size() + lead] = (byte) (128 + 100 * Math.exp(-k * k / 3.0));
        }
      }
      marks.putShort((short) (1 << 10 | beat - last)); // code 1, N
      last = beat;
    }
    marks.putShort((short) 0);
    StringBuilder header = new StringBuilder();
    header.append("%s %d %d %d\n".formatted(name, leads.size(), rateHz, samples));
    for (int lead = 0; lead < leads.size(); lead++) {
      short sum = 0;
      for (int t = 0; t < samples; t++) {
        sum += (short) ((signal[t * leads.size() + lead] & 0xff) - 128);
      }
      int first = (signal[lead] & 0xff) - 128;
      header.append(
          "%s.dat 80 100(0) 8 0 %d %d 0 %s\n".formatted(name, first, sum, leads.get(lead)));
    }
    Files.write(folder.resolve(name + ".dat"), signal);
    Files.write(folder.resolve(name + ".atr"), marks.array());
    return Files.writeString(folder.resolve(name + ".hea"), header);
  }
}
