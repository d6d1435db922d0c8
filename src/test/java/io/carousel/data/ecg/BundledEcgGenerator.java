package io.carousel.data.ecg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Writes the resource of {@link BundledEcg} from SciPy's ecg.dat: arguments are that file and the
 * resource. {@link BundledEcgTest} checks that the resource in the tree is what this makes.
 */
final class BundledEcgGenerator {
  private BundledEcgGenerator() {}

  public static void main(String[] args) throws IOException {
    Files.write(Path.of(args[1]), encode(readNpz(Path.of(args[0]))));
  }

  static byte[] encode(int[] samples) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String header =
        """
        format: %s
        source: MIT-BIH Arrhythmia Database record 208, lead MLII, samples 422820 to 530819 \
        (Moody & Mark 2001, Goldberger et al. 2000; ODC-By 1.0)
        samplingRateHz: 360
        adcGain: 200
        baseline: 1024
        samples: %d
        sha256: %s

        """
            .formatted(BundledEcg.FORMAT, samples.length, BundledEcg.sha256(samples));
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    int previous = 0;
    for (int sample : samples) {
      int difference = sample - previous;
      int zigzag = difference << 1 ^ difference >> 31;
      while (zigzag >= 0x80) {
        out.write((zigzag & 0x7f) | 0x80);
        zigzag >>>= 7;
      }
      out.write(zigzag);
      previous = sample;
    }
    return out.toByteArray();
  }

  /** The unsigned 16-bit array of a NumPy .npz archive that holds one. */
  static int[] readNpz(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      ZipEntry entry = zip.getNextEntry();
      if (entry == null || !entry.getName().equals("ecg.npy")) {
        throw new IOException(file + ": expected ecg.npy, found " + entry);
      }
      ByteBuffer npy = ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Short.toUnsignedInt(npy.getShort(8))];
      npy.position(10).get(header);
      String description = new String(header, StandardCharsets.US_ASCII);
      if (!description.contains("'descr': '<u2'")
          || !description.contains("'fortran_order': False")) {
        throw new IOException(file + ": not a little-endian uint16 array: " + description);
      }
      int[] samples = new int[npy.remaining() / 2];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = Short.toUnsignedInt(npy.getShort());
      }
      return samples;
    }
  }
}
