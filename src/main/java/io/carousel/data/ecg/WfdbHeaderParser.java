package io.carousel.data.ecg;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the lines of a {@code .hea} file into a {@link WfdbHeader}. */
final class WfdbHeaderParser {
  private static final double DEFAULT_RATE_HZ = 250;
  private static final double DEFAULT_GAIN = 200;
  private static final int DEFAULT_RESOLUTION_BITS = 12;

  private static final String NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]+)(?:/(\\d+))?");
  private static final Pattern RATE =
      Pattern.compile("(NUM)(?:/NUM(?:\\(NUM\\))?)?".replace("NUM", NUMBER));
  private static final Pattern FORMAT =
      Pattern.compile("(\\d+)(?:x(\\d+))?(?::(\\d+))?(?:\\+(\\d+))?");
  private static final Pattern GAIN =
      Pattern.compile("(NUM)(?:\\(([-+]?\\d+)\\))?(?:/(\\S+))?".replace("NUM", NUMBER));

  private final Path file;
  private int lineNumber;

  WfdbHeaderParser(Path file) {
    this.file = file;
  }

  WfdbHeader parse(List<String> lines) throws WfdbException {
    WfdbHeader record = null;
    int signalCount = 0;
    List<WfdbSignal> signals = new ArrayList<>();
    List<String> comments = new ArrayList<>();
    for (String raw : lines) {
      lineNumber++;
      String line = raw.strip();
      if (line.startsWith("#")) {
        if (record != null && signals.size() == signalCount) {
          comments.add(line.substring(1).strip());
        }
      } else if (!line.isEmpty()) {
        if (record == null) {
          String[] fields = line.split("\\s+", -1);
          record = recordLine(fields);
          signalCount = Math.toIntExact(integer(fields[1], "number of signals"));
        } else if (signals.size() < signalCount) {
          signals.add(signalLine(line, record.recordName(), signals.size()));
        }
      }
    }
    if (record == null) {
      throw new WfdbException(file, "the header is empty");
    }
    if (signals.size() < signalCount) {
      throw new WfdbException(
          file,
          "the record line promises "
              + signalCount
              + " signals, but only "
              + signals.size()
              + " are described");
    }
    return new WfdbHeader(
        record.recordName(), record.samplingRateHz(), record.sampleCount(), signals, comments);
  }

  private WfdbHeader recordLine(String[] fields) throws WfdbException {
    Matcher name = NAME.matcher(fields[0]);
    if (!name.matches() || fields.length < 2) {
      throw problem("not a record line (name, number of signals, ...); is this a WFDB header?");
    }
    if (name.group(2) != null) {
      throw problem("records of several segments are not supported; read the segments one by one");
    }
    double rateHz = DEFAULT_RATE_HZ;
    if (fields.length > 2) {
      Matcher rate = RATE.matcher(fields[2]);
      rateHz = rate.matches() ? Double.parseDouble(rate.group(1)) : 0;
      if (!(rateHz > 0 && rateHz < Double.POSITIVE_INFINITY)) {
        throw problem("bad sampling frequency '" + fields[2] + "'");
      }
    }
    long sampleCount = fields.length > 3 ? integer(fields[3], "number of samples") : 0;
    if (sampleCount < 0) {
      throw problem("bad number of samples '" + fields[3] + "'");
    }
    long signalCount = integer(fields[1], "number of signals");
    if (signalCount < 0 || signalCount > Integer.MAX_VALUE) {
      throw problem("bad number of signals '" + fields[1] + "'");
    }
    return new WfdbHeader(name.group(1), rateHz, sampleCount, List.of(), List.of());
  }

  private WfdbSignal signalLine(String line, String recordName, int index) throws WfdbException {
    String[] fields = line.split("\\s+", 9);
    if (fields.length < 2) {
      throw problem("signal line without a format");
    }
    Matcher format = FORMAT.matcher(fields[1]);
    if (!format.matches()) {
      throw problem("bad signal format '" + fields[1] + "'");
    }
    refuseFrames(format, fields[1]);
    SampleFormat sampleFormat = sampleFormat(format.group(1));
    long byteOffset = format.group(4) == null ? 0 : integer(format.group(4), "byte offset");

    double gain = DEFAULT_GAIN;
    String units = "mV";
    OptionalInt baseline = OptionalInt.empty();
    if (fields.length > 2) {
      Matcher matcher = GAIN.matcher(fields[2]);
      if (!matcher.matches() || Double.isInfinite(Double.parseDouble(matcher.group(1)))) {
        throw problem("bad ADC gain '" + fields[2] + "'");
      }
      double given = Double.parseDouble(matcher.group(1));
      gain = given == 0 ? DEFAULT_GAIN : given; // zero says "not calibrated"
      if (matcher.group(2) != null) {
        baseline = OptionalInt.of(int32(matcher.group(2), "baseline"));
      }
      units = matcher.group(3) == null ? "mV" : matcher.group(3);
    }
    int resolution = fields.length > 3 ? int32(fields[3], "ADC resolution") : 0;
    int adcZero = fields.length > 4 ? int32(fields[4], "ADC zero") : 0;
    return new WfdbSignal(
        fields[0],
        sampleFormat,
        byteOffset,
        gain,
        baseline.orElse(adcZero),
        units,
        resolution == 0 ? DEFAULT_RESOLUTION_BITS : resolution,
        adcZero,
        fields.length > 5 ? OptionalInt.of(int32(fields[5], "initial value")) : OptionalInt.empty(),
        fields.length > 6 ? OptionalInt.of(checksum(fields[6])) : OptionalInt.empty(),
        fields.length > 8 ? fields[8] : "record " + recordName + ", signal " + index);
  }

  private void refuseFrames(Matcher format, String field) throws WfdbException {
    if (format.group(2) != null && integer(format.group(2), "samples per frame") != 1) {
      throw problem("several samples per frame ('" + field + "') are not supported");
    }
    if (format.group(3) != null && integer(format.group(3), "skew") != 0) {
      throw problem("skew between signals ('" + field + "') is not supported");
    }
  }

  private SampleFormat sampleFormat(String code) throws WfdbException {
    return SampleFormat.ofCode(int32(code, "signal format"))
        .orElseThrow(
            () ->
                problem(
                    "signal format "
                        + code
                        + " is not supported (supported: "
                        + Stream.of(SampleFormat.values())
                            .map(known -> Integer.toString(known.code()))
                            .collect(Collectors.joining(", "))
                        + "); convert the record with WFDB's xform"));
  }

  private int checksum(String text) throws WfdbException {
    long value = integer(text, "checksum");
    if (value < Short.MIN_VALUE || value > 0xffff) {
      throw problem("checksum '" + text + "' does not fit 16 bits");
    }
    return (short) value;
  }

  private int int32(String text, String field) throws WfdbException {
    long value = integer(text, field);
    if (value != (int) value) {
      throw problem("bad " + field + " '" + text + "'");
    }
    return (int) value;
  }

  private long integer(String text, String field) throws WfdbException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw problem("bad " + field + " '" + text + "'");
    }
  }

  private WfdbException problem(String what) {
    return new WfdbException(file, "line " + lineNumber + ": " + what);
  }
}
