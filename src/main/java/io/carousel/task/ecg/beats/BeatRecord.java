package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import io.carousel.data.ecg.BandPass;
import io.carousel.data.ecg.RPeakDetector;
import io.carousel.data.ecg.WfdbAnnotation;
import io.carousel.data.ecg.WfdbException;
import io.carousel.data.ecg.WfdbRecord;
import io.carousel.data.ecg.WfdbSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An electrocardiogram of any length whose heartbeats are to be classified: where they are, their
 * classes where annotated, and one or two leads.
 *
 * <p>The record is worked off in stretches of about half an hour, the length of the records of
 * MIT-BIH; of its signals no more than a stretch is in memory. The first lead is MLII (or II)
 * wherever the record has it, the second V1, or another one; a record of one lead has no second.
 */
public final class BeatRecord {
  static final double STRETCH_SECONDS = 1800;

  /** Of beats before and after a stretch that its first and last beats are compared with. */
  static final double CONTEXT_SECONDS = 20;

  private static final double LOW_HZ = 0.5;
  private static final double HIGH_HZ = 35;
  private static final double MARGIN_SECONDS = 4;
  private static final List<String> FIRST_LEADS = List.of("MLII", "II", "ML2");
  private static final List<String> SECOND_LEADS = List.of("V1", "V2", "V3", "V4", "V5", "V6");

  private final String name;
  private final WfdbRecord record;
  private final int[] leads;
  private final long[] beats;
  private final @Nullable List<WfdbAnnotation> annotations;

  private BeatRecord(
      String name,
      WfdbRecord record,
      int[] leads,
      long[] beats,
      @Nullable List<WfdbAnnotation> annotations) {
    this.name = name;
    this.record = record;
    this.leads = leads;
    this.beats = beats;
    this.annotations = annotations;
  }

  /**
   * Opens a record with its reference annotations, {@code .atr} beside the header.
   *
   * @param header the {@code .hea} file
   * @throws WfdbException when a file is missing or damaged, or no beat is annotated
   */
  public static BeatRecord annotated(Path header) throws IOException {
    WfdbRecord record = WfdbRecord.open(header);
    List<WfdbAnnotation> marks =
        record.annotations("atr").stream()
            .filter(mark -> mark.isBeat() && mark.sample() < record.sampleCount())
            .toList();
    if (marks.isEmpty()) {
      throw new WfdbException(header, "no heartbeat is annotated in its .atr file");
    }
    long[] beats = marks.stream().mapToLong(WfdbAnnotation::sample).toArray();
    return new BeatRecord(
        record.header().recordName(), record, leads(header, record), beats, marks);
  }

  /**
   * Opens a record and finds its beats by {@link RPeakDetector} in the first lead.
   *
   * @param header the {@code .hea} file
   * @throws WfdbException when a file is missing or damaged
   */
  public static BeatRecord detected(Path header) throws IOException {
    WfdbRecord record = WfdbRecord.open(header);
    int[] leads = leads(header, record);
    BeatRecord silent =
        new BeatRecord(record.header().recordName(), record, leads, new long[0], null);
    return new BeatRecord(silent.name, record, leads, silent.detect(), null);
  }

  /** Whether there are reference annotations beside the header. */
  public static boolean hasAnnotations(Path header) throws IOException {
    String name = WfdbRecord.openUnverified(header).header().recordName();
    return Files.isRegularFile(header.resolveSibling(name + ".atr"));
  }

  private static int[] leads(Path header, WfdbRecord record) throws WfdbException {
    List<String> names = record.header().signals().stream().map(WfdbSignal::description).toList();
    if (names.isEmpty()) {
      throw new WfdbException(header, "the record has no signals");
    }
    int first = Math.max(0, firstOf(FIRST_LEADS, names, -1));
    int second = firstOf(SECOND_LEADS, names, first);
    for (int other = 0; second < 0 && other < names.size(); other++) {
      second = other == first ? -1 : other;
    }
    return second < 0 ? new int[] {first} : new int[] {first, second};
  }

  private static int firstOf(List<String> wanted, List<String> names, int except) {
    return wanted.stream()
        .mapToInt(names::indexOf)
        .filter(i -> i >= 0 && i != except)
        .findFirst()
        .orElse(-1);
  }

  private long[] detect() throws IOException {
    RPeakDetector detector = new RPeakDetector(samplingRateHz());
    LongStream.Builder found = LongStream.builder();
    for (int s = 0; s < stretches(); s++) {
      long from = border(s);
      long to = border(s + 1);
      long begin = Math.max(0, from - samples(MARGIN_SECONDS));
      long end = Math.min(record.sampleCount(), to + samples(MARGIN_SECONDS));
      for (int peak : detector.detect(millivolts(leads[0], begin, end))) {
        if (begin + peak >= from && begin + peak < to) {
          found.add(begin + peak);
        }
      }
    }
    return found.build().toArray();
  }

  /** The record's name. */
  public String name() {
    return name;
  }

  /** Samples per second. */
  public double samplingRateHz() {
    return record.samplingRateHz();
  }

  /** Samples per lead. */
  public long sampleCount() {
    return record.sampleCount();
  }

  /** Names of the leads that are looked at: one or two. */
  public List<String> leadNames() {
    return Arrays.stream(leads)
        .mapToObj(i -> record.header().signals().get(i).description())
        .toList();
  }

  /** Where a beat is, in samples. */
  public long beat(int number) {
    return beats[number];
  }

  /** Number of beats. */
  public int beatCount() {
    return beats.length;
  }

  /** Whether the beats are annotated with classes. */
  public boolean isAnnotated() {
    return annotations != null;
  }

  /** The annotated class of a beat; null where there is none. */
  public @Nullable AamiClass annotatedClass(int beat) {
    return annotations == null ? null : annotations.get(beat).aamiClass().orElse(null);
  }

  /** Number of stretches that the record is worked off in, at least 1. */
  public int stretches() {
    return (int) Math.max(1, Math.round(record.sampleCount() / samplingRateHz() / STRETCH_SECONDS));
  }

  /** The first sample of a stretch, which is the end of the one before. */
  private long border(int stretch) {
    return Math.multiplyExact(record.sampleCount(), stretch) / stretches();
  }

  /**
   * Reads a stretch.
   *
   * @param stretch in 0..stretches-1
   */
  BeatStretch stretch(int stretch) throws IOException {
    int first = indexOf(border(stretch));
    int end = indexOf(border(stretch + 1));
    int contextFirst = indexOf(border(stretch) - samples(CONTEXT_SECONDS));
    int contextEnd = indexOf(border(stretch + 1) + samples(CONTEXT_SECONDS));
    long reach = samples(CONTEXT_SECONDS + MARGIN_SECONDS);
    long from = Math.max(0, border(stretch) - reach);
    long to = Math.min(record.sampleCount(), border(stretch + 1) + reach);
    float[][] signals = new float[leads.length][];
    for (int lead = 0; lead < leads.length; lead++) {
      signals[lead] = filtered(millivolts(leads[lead], from, to));
    }
    return new BeatStretch(this, from, signals, contextFirst, contextEnd, first, end);
  }

  /** The number of the first beat at or after a sample. */
  private int indexOf(long sample) {
    int at = Arrays.binarySearch(beats, sample);
    return at < 0 ? -at - 1 : at;
  }

  /** Seconds from the beat before to this one; NaN where there is none. */
  double rr(int beat) {
    return beat < 1 || beat >= beats.length
        ? Double.NaN
        : (beats[beat] - beats[beat - 1]) / samplingRateHz();
  }

  /** A range of the first lead in millivolts, as recorded. */
  float[] strip(long from, long to) throws IOException {
    return millivolts(leads[0], from, to);
  }

  private long samples(double seconds) {
    return Math.round(seconds * samplingRateHz());
  }

  /** Gaps take the last value before them. */
  private float[] millivolts(int signal, long from, long to) throws IOException {
    float[] values = record.amplitudesMillivolts(signal, from, to);
    float last = 0;
    for (int i = 0; i < values.length; i++) {
      last = Float.isNaN(values[i]) ? last : values[i];
      values[i] = last;
    }
    return values;
  }

  /** Without wander of the baseline and noise of muscles and mains. */
  private float[] filtered(float[] signal) {
    double[] values = new double[signal.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = signal[i];
    }
    double[] band = BandPass.filter(values, samplingRateHz(), LOW_HZ, HIGH_HZ);
    float[] filtered = new float[band.length];
    for (int i = 0; i < band.length; i++) {
      filtered[i] = (float) band[i];
    }
    return filtered;
  }
}
