package io.carousel.data.ecg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads annotation files in MIT format (annot(5) of the WFDB Applications Guide): 16-bit words of a
 * 6-bit code and a 10-bit number, which is the distance from the annotation before.
 */
final class WfdbAnnotationReader {
  private static final int LAST_CODE = 49;
  private static final int NOTE = 22;
  private static final int SKIP = 59;
  private static final int NUM = 60;
  private static final int SUB = 61;
  private static final int CHN = 62;
  private static final String RESOLUTION = "## time resolution:";

  private final Path file;
  private final byte[] bytes;
  private int position;

  private WfdbAnnotationReader(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** All annotations of {@code file}, whose times count at {@code samplingRateHz}. */
  static List<WfdbAnnotation> read(Path file, double samplingRateHz) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new WfdbException(file, "no such file");
    }
    List<WfdbAnnotation> annotations =
        new WfdbAnnotationReader(file, Files.readAllBytes(file)).readAll();
    for (WfdbAnnotation annotation : annotations) {
      if (annotation.code() == NOTE && annotation.text().startsWith(RESOLUTION)) {
        checkResolution(file, annotation.text().substring(RESOLUTION.length()), samplingRateHz);
      }
    }
    return annotations;
  }

  private static void checkResolution(Path file, String text, double samplingRateHz)
      throws WfdbException {
    boolean same;
    try {
      same = Double.parseDouble(text.strip()) == samplingRateHz;
    } catch (NumberFormatException e) {
      same = false;
    }
    if (!same) {
      throw new WfdbException(
          file,
          "times count at"
              + text
              + " Hz, the record is sampled at "
              + samplingRateHz
              + " Hz; differing rates are not supported");
    }
  }

  private List<WfdbAnnotation> readAll() throws WfdbException {
    List<WfdbAnnotation> annotations = new ArrayList<>();
    long sample = 0;
    int number = 0;
    int channel = 0;
    while (true) {
      int word = word();
      if (word == 0) {
        return List.copyOf(annotations);
      }
      int code = word >> 10;
      int value = word & 0x3ff;
      if (code == SKIP) {
        sample += word() << 16 | word();
        continue;
      }
      if (code == 0 || code > LAST_CODE) {
        throw new WfdbException(
            file,
            "annotation code "
                + code
                + " before byte "
                + position
                + "; not a file in MIT format, or damaged");
      }
      sample += value;
      if (sample < 0) {
        throw new WfdbException(file, "an annotation lies before the record, at sample " + sample);
      }
      int subtype = 0;
      String text = "";
      for (int next = peek(); next >> 10 >= NUM; next = peek()) {
        position += 2;
        switch (next >> 10) {
          case NUM -> number = (byte) next;
          case SUB -> subtype = (byte) next;
          case CHN -> channel = next & 0xff;
          default -> text = text(next & 0x3ff);
        }
      }
      annotations.add(new WfdbAnnotation(sample, code, subtype, channel, number, text));
    }
  }

  private int peek() throws WfdbException {
    int word = word();
    position -= 2;
    return word;
  }

  private int word() throws WfdbException {
    require(2);
    int word = (bytes[position] & 0xff) | (bytes[position + 1] & 0xff) << 8;
    position += 2;
    return word;
  }

  private String text(int length) throws WfdbException {
    require(length + length % 2);
    int end = position + length;
    int last = end;
    while (last > position && bytes[last - 1] == 0) {
      last--;
    }
    String text = new String(bytes, position, last - position, StandardCharsets.UTF_8);
    position = end + length % 2;
    return text;
  }

  private void require(int count) throws WfdbException {
    if (position + count > bytes.length) {
      throw new WfdbException(
          file, "truncated: ends at byte " + bytes.length + " without an end mark");
    }
  }
}
