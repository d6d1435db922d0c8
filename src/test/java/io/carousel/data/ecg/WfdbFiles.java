package io.carousel.data.ecg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small WFDB files for tests, the plain way round: the opposite of the reader's code. */
final class WfdbFiles {
  private WfdbFiles() {}

  static Path header(Path folder, String... lines) throws IOException {
    return Files.writeString(folder.resolve("rec.hea"), String.join("\n", lines) + "\n");
  }

  static byte[] format16(int... samples) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int sample : samples) {
      out.write(sample);
      out.write(sample >> 8);
    }
    return out.toByteArray();
  }

  static byte[] format80(int... samples) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int sample : samples) {
      out.write(sample + 128);
    }
    return out.toByteArray();
  }

  static byte[] format212(int... samples) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < samples.length; i += 2) {
      int first = samples[i];
      int second = i + 1 < samples.length ? samples[i + 1] : 0;
      out.write(first);
      out.write((first >> 8 & 15) | (second >> 8 & 15) << 4);
      if (i + 1 < samples.length) {
        out.write(second);
      }
    }
    return out.toByteArray();
  }

  /** Words of an annotation file: {@code code << 10 | value}, low byte first. */
  static byte[] words(int... words) {
    return format16(words);
  }

  static int checksum(int... samples) {
    int sum = 0;
    for (int sample : samples) {
      sum += sample;
    }
    return (short) sum;
  }
}
