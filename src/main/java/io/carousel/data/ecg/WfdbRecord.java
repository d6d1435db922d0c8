package io.carousel.data.ecg;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A WFDB record: a header and the signal files that it names, read range by range.
 *
 * <p>Nothing is held in memory and no file stays open between calls. Instances are immutable and
 * may be shared between threads. Format: header(5), signal(5) and annot(5) of the WFDB Applications
 * Guide (PhysioNet).
 */
public final class WfdbRecord {
  private static final int CHUNK_FRAMES = 1 << 15;

  private final Path headerFile;
  private final WfdbHeader header;
  private final long sampleCount;

  /** Per signal, its file and its place in a frame of that file. */
  private final List<SignalFile> fileOf;

  private final int[] channelOf;

  private WfdbRecord(
      Path headerFile,
      WfdbHeader header,
      long sampleCount,
      List<SignalFile> fileOf,
      int[] channelOf) {
    this.headerFile = headerFile;
    this.header = header;
    this.sampleCount = sampleCount;
    this.fileOf = fileOf;
    this.channelOf = channelOf;
  }

  /**
   * Opens the record of {@code headerFile} ({@code .hea}) and verifies it: {@link #openUnverified},
   * then {@link #verify}.
   *
   * @throws WfdbException when a file is missing, damaged or of an unsupported kind
   */
  public static WfdbRecord open(Path headerFile) throws IOException {
    WfdbRecord record = openUnverified(headerFile);
    record.verify();
    return record;
  }

  /**
   * Opens the record of {@code headerFile}, checking the lengths of its files but not their
   * contents: for ranges of records too long to read through.
   *
   * @throws WfdbException when a file is missing, has the wrong length or an unsupported kind
   */
  public static WfdbRecord openUnverified(Path headerFile) throws IOException {
    WfdbHeader header = WfdbHeader.read(headerFile);
    List<SignalFile> fileOf = new ArrayList<>();
    int[] channelOf = new int[header.signals().size()];
    long sampleCount = header.sampleCount();
    List<String> seen = new ArrayList<>();
    for (int first = 0; first < channelOf.length; ) {
      WfdbSignal signal = header.signals().get(first);
      if (seen.contains(signal.fileName())) {
        throw new WfdbException(
            headerFile, "the signals of " + signal.fileName() + " do not follow each other");
      }
      seen.add(signal.fileName());
      int channels = groupSize(headerFile, header.signals(), first);
      SignalFile file =
          new SignalFile(
              sibling(headerFile, signal.fileName()),
              signal.format(),
              signal.byteOffset(),
              channels);
      sampleCount = file.checkFrames(sampleCount);
      for (int channel = 0; channel < channels; channel++) {
        fileOf.add(file);
        channelOf[first + channel] = channel;
      }
      first += channels;
    }
    return new WfdbRecord(headerFile, header, sampleCount, List.copyOf(fileOf), channelOf);
  }

  /** How many signals from {@code first} on share its file. */
  private static int groupSize(Path headerFile, List<WfdbSignal> signals, int first)
      throws WfdbException {
    WfdbSignal leader = signals.get(first);
    int size = 0;
    for (WfdbSignal signal : signals.subList(first, signals.size())) {
      if (!signal.fileName().equals(leader.fileName())) {
        break;
      }
      if (signal.format() != leader.format() || signal.byteOffset() != leader.byteOffset()) {
        throw new WfdbException(
            headerFile, "the signals of " + leader.fileName() + " differ in format or byte offset");
      }
      size++;
    }
    return size;
  }

  private static Path sibling(Path headerFile, String name) throws WfdbException {
    if (name.isEmpty() || name.equals("-") || name.contains("/") || name.contains("\\")) {
      // a header from elsewhere must not make us read arbitrary files
      throw new WfdbException(
          headerFile, "signal file '" + name + "' is not a plain name in the folder of the header");
    }
    return headerFile.resolveSibling(name);
  }

  /** The header as read. */
  public WfdbHeader header() {
    return header;
  }

  /** Samples per signal: as the header says, or as the files hold where it does not. */
  public long sampleCount() {
    return sampleCount;
  }

  /** Samples per second per signal. */
  public double samplingRateHz() {
    return header.samplingRateHz();
  }

  /**
   * The number of the signal described as {@code description}, for instance {@code "MLII"}.
   *
   * @throws IllegalArgumentException when no signal has this description; lists those that exist
   */
  public int signalNumber(String description) {
    List<String> names = header.signals().stream().map(WfdbSignal::description).toList();
    int number = names.indexOf(description);
    if (number < 0) {
      throw new IllegalArgumentException(
          headerFile + ": no signal '" + description + "'; it has " + names);
    }
    return number;
  }

  /**
   * Reads all signals once and compares first samples and checksums with those of the header.
   *
   * <p>As header(5) has it, nothing is compared where the header gives no number of samples.
   *
   * @throws WfdbException naming file, signal, expected and found value where they differ
   */
  public void verify() throws IOException {
    if (header.sampleCount() == 0) {
      return;
    }
    for (int signal = 0; signal < channelOf.length; signal += fileOf.get(signal).channels()) {
      verifyFile(fileOf.get(signal), signal);
    }
  }

  private void verifyFile(SignalFile file, int firstSignal) throws IOException {
    int channels = file.channels();
    short[] sums = new short[channels];
    int[] initial = new int[channels];
    for (long from = 0; from < sampleCount; from += CHUNK_FRAMES) {
      int[] frames = file.readFrames(from, Math.min(from + CHUNK_FRAMES, sampleCount));
      if (from == 0) {
        System.arraycopy(frames, 0, initial, 0, channels);
      }
      for (int i = 0; i < frames.length; i++) {
        sums[i % channels] += (short) frames[i];
      }
    }
    for (int channel = 0; channel < channels; channel++) {
      WfdbSignal signal = header.signals().get(firstSignal + channel);
      String name = "signal " + (firstSignal + channel) + " (" + signal.description() + "): ";
      compare(file.file(), name + "first sample", signal.initialValue(), initial[channel]);
      compare(file.file(), name + "checksum", signal.checksum(), sums[channel]);
    }
  }

  private static void compare(Path file, String what, OptionalInt expected, int found)
      throws WfdbException {
    if (expected.isPresent() && expected.getAsInt() != found) {
      throw new WfdbException(
          file, what + " is " + found + ", the header says " + expected.getAsInt());
    }
  }

  /**
   * The stored samples {@code [to - from]} of a signal, in ADC units; invalid ones as {@link
   * SampleFormat#invalidSample}.
   *
   * @throws IndexOutOfBoundsException when signal or range are outside of the record
   */
  public int[] samples(int signal, long from, long to) throws IOException {
    Objects.checkIndex(signal, channelOf.length);
    Objects.checkFromToIndex(from, to, sampleCount);
    SignalFile file = fileOf.get(signal);
    int[] samples = new int[Math.toIntExact(to - from)];
    for (long begin = from; begin < to; begin += CHUNK_FRAMES) {
      int[] frames = file.readFrames(begin, Math.min(begin + CHUNK_FRAMES, to));
      int offset = (int) (begin - from);
      for (int frame = 0; frame < frames.length / file.channels(); frame++) {
        samples[offset + frame] = frames[frame * file.channels() + channelOf[signal]];
      }
    }
    return samples;
  }

  /**
   * The amplitudes {@code [to - from]} of a signal, (sample − baseline) / gain in the signal's own
   * physical units; NaN where the sample is invalid.
   *
   * @throws IndexOutOfBoundsException when signal or range are outside of the record
   */
  public float[] amplitudes(int signal, long from, long to) throws IOException {
    return scaled(signal, from, to, 1);
  }

  /**
   * The amplitudes {@code [to - from]} of a signal in millivolts; NaN where the sample is invalid.
   *
   * @throws WfdbException when the signal's unit is no voltage
   * @throws IndexOutOfBoundsException when signal or range are outside of the record
   */
  public float[] amplitudesMillivolts(int signal, long from, long to) throws IOException {
    Objects.checkIndex(signal, channelOf.length);
    WfdbSignal description = header.signals().get(signal);
    double millivolts =
        switch (description.units()) {
          case "mV", "mv", "millivolts" -> 1;
          case "uV", "µV", "μV" -> 1e-3;
          case "V" -> 1e3;
          default ->
              throw new WfdbException(
                  headerFile,
                  "signal "
                      + signal
                      + " ("
                      + description.description()
                      + ") is in "
                      + description.units()
                      + ", not a voltage");
        };
    return scaled(signal, from, to, millivolts);
  }

  private float[] scaled(int signal, long from, long to, double unit) throws IOException {
    int[] samples = samples(signal, from, to);
    WfdbSignal description = header.signals().get(signal);
    int invalid = description.format().invalidSample();
    float[] amplitudes = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      amplitudes[i] =
          samples[i] == invalid
              ? Float.NaN
              : (float)
                  (((double) samples[i] - description.baseline()) / description.adcGain() * unit);
    }
    return amplitudes;
  }

  /**
   * The annotations of this record by {@code annotator}, the suffix of their file: {@code "atr"}
   * for the reference annotations.
   *
   * @throws WfdbException when the file is missing, damaged or not in MIT format
   */
  public List<WfdbAnnotation> annotations(String annotator) throws IOException {
    Path file = sibling(headerFile, header.recordName() + "." + annotator);
    return WfdbAnnotationReader.read(file, header.samplingRateHz());
  }
}
