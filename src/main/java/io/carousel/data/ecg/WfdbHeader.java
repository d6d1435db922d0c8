package io.carousel.data.ecg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The header of a WFDB record: a {@code .hea} file as header(5) of the WFDB Applications Guide
 * defines it.
 *
 * <p>Counter frequency, base time and base date are accepted and not kept. Records of several
 * segments are refused.
 *
 * @param recordName the name on the record line
 * @param samplingRateHz samples per second per signal; 250 where the header gives none
 * @param sampleCount samples per signal, 0 where the header does not say
 * @param signals one entry per signal, in the order of the header
 * @param comments the info lines after the last signal, without their {@code #}
 */
public record WfdbHeader(
    String recordName,
    double samplingRateHz,
    long sampleCount,
    List<WfdbSignal> signals,
    List<String> comments) {
  private static final long MAX_BYTES = 1 << 20;

  /** Copies the lists. */
  public WfdbHeader {
    signals = List.copyOf(signals);
    comments = List.copyOf(comments);
  }

  /**
   * Reads the header {@code file}.
   *
   * @throws WfdbException when the file is missing, is not a header, or asks for what is not
   *     supported: another sample format, skew, several samples per frame, several segments
   */
  public static WfdbHeader read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new WfdbException(file, "no such file");
    }
    long bytes = Files.size(file);
    if (bytes > MAX_BYTES) {
      throw new WfdbException(file, bytes + " bytes are too many for a WFDB header");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return new WfdbHeaderParser(file).parse(text.lines().toList());
  }
}
