package io.carousel.data.ecg;

import io.carousel.data.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The electrocardiogram that comes with Carousel: five minutes of MIT-BIH record 208, lead MLII,
 * 360 Hz, 108,000 samples.
 *
 * <p>The resource is a text header of {@code name: value} lines that ends with a blank line,
 * followed by the differences of successive samples (the first from 0) as zig-zag varints: d is
 * mapped to 2d for d ≥ 0 and to −2d−1 for d &lt; 0, and stored in groups of 7 bits, low bits first,
 * the high bit of a byte saying that more follow. The header gives the SHA-256 of the samples as
 * 16-bit little-endian numbers, which loading verifies. The NOTICE beside it names the sources.
 */
public final class BundledEcg {
  static final String RESOURCE = "mitdb-208-mlii.ecg";
  static final String FORMAT = "carousel-ecg 1";

  private final String source;
  private final int samplingRateHz;
  private final double adcGain;
  private final int baseline;
  private final int[] samples;
  private final String sha256;

  private BundledEcg(Map<String, String> header, int[] samples) {
    this.source = field(header, "source");
    this.samplingRateHz = Integer.parseInt(field(header, "samplingRateHz"));
    this.adcGain = Double.parseDouble(field(header, "adcGain"));
    this.baseline = Integer.parseInt(field(header, "baseline"));
    this.sha256 = sha256(samples);
    this.samples = samples;
  }

  /**
   * Reads the excerpt out of the jar.
   *
   * @throws IllegalStateException when the resource is missing or damaged: the jar is broken
   */
  public static BundledEcg load() {
    try (InputStream in = BundledEcg.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE + "; build the jar again");
      }
      return decode(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + RESOURCE, e);
    }
  }

  static BundledEcg decode(byte[] bytes) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    if (!line(in).equals("format: " + FORMAT)) {
      throw broken("is not in the format " + FORMAT);
    }
    Map<String, String> header = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(": ");
      if (colon < 0) {
        throw broken("has a bad header line '" + line + "'");
      }
      header.put(line.substring(0, colon), line.substring(colon + 2));
    }
    int[] samples = new int[Math.min(Integer.parseInt(field(header, "samples")), in.available())];
    int sample = 0;
    for (int i = 0; i < samples.length; i++) {
      int zigzag = varint(in);
      sample += zigzag >>> 1 ^ -(zigzag & 1);
      samples[i] = sample;
    }
    BundledEcg ecg = new BundledEcg(header, samples);
    if (in.available() > 0 || !ecg.sha256.equals(field(header, "sha256"))) {
      throw broken("has SHA-256 " + ecg.sha256 + ", its header says " + field(header, "sha256"));
    }
    return ecg;
  }

  private static String field(Map<String, String> header, String name) {
    String value = header.get(name);
    if (value == null) {
      throw broken("lacks the header line '" + name + "'");
    }
    return value;
  }

  private static String line(ByteArrayInputStream in) {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw broken("ends within its header");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static int varint(ByteArrayInputStream in) {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      int b = in.read();
      if (b < 0) {
        throw broken("ends within its samples");
      }
      value |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw broken("has a difference of more than 32 bits");
  }

  private static IllegalStateException broken(String how) {
    return new IllegalStateException("the resource " + RESOURCE + " " + how);
  }

  /** SHA-256 of samples as 16-bit little-endian numbers, in hexadecimal. */
  static String sha256(int[] samples) {
    byte[] bytes = new byte[2 * samples.length];
    for (int i = 0; i < samples.length; i++) {
      bytes[2 * i] = (byte) samples[i];
      bytes[2 * i + 1] = (byte) (samples[i] >> 8);
    }
    return new Sha256().add(bytes).hex();
  }

  /** The lead's voltage {@code [108000]}, in millivolts; a new array. */
  public float[] samplesMillivolts() {
    float[] millivolts = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      millivolts[i] = (float) ((samples[i] - baseline) / adcGain);
    }
    return millivolts;
  }

  /** Samples per second: 360. */
  public int samplingRateHz() {
    return samplingRateHz;
  }

  /** Record, lead and range, with the works to cite, in one line. */
  public String source() {
    return source;
  }

  /** SHA-256 of the samples as 16-bit little-endian numbers, in hexadecimal. */
  public String sha256() {
    return sha256;
  }
}
