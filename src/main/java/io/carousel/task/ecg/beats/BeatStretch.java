package io.carousel.task.ecg.beats;

import java.util.stream.IntStream;

/**
 * About half an hour of a record: its beats as vectors of features.
 *
 * @param record that it belongs to
 * @param from number of the record's sample where {@code signals} begin
 * @param signals one or two leads without baseline wander, in mV
 * @param contextFirst number of the first beat of the record that has features
 * @param contextEnd number after the last beat that has features
 * @param first number of the first beat that belongs to the stretch; those before it are context
 * @param end number after the last beat that belongs to the stretch
 */
record BeatStretch(
    BeatRecord record,
    long from,
    float[][] signals,
    int contextFirst,
    int contextEnd,
    int first,
    int end) {

  /** Number of beats with features. */
  int size() {
    return contextEnd - contextFirst;
  }

  /** Its leads and beats. */
  Tracing tracing() {
    int[] peaks =
        IntStream.range(contextFirst, contextEnd)
            .map(beat -> (int) (record.beat(beat) - from))
            .toArray();
    double[] intervals =
        IntStream.rangeClosed(contextFirst, contextEnd).mapToDouble(record::rr).toArray();
    return new Tracing(signals, record.samplingRateHz(), peaks, intervals);
  }

  /** Features [size, {@link BeatFeatures#COUNT}]. */
  float[] features() {
    return tracing().features();
  }
}
