package io.carousel.task.ecg.beats;

/**
 * Filtered leads and where the beats are in them.
 *
 * @param signals one or two leads in mV
 * @param rateHz samples per second
 * @param peaks the beats' R peaks, in samples of {@code signals}
 * @param intervals seconds before each beat and after the last, one more than beats; NaN where
 *     there is no other beat
 */
record Tracing(float[][] signals, double rateHz, int[] peaks, double[] intervals) {
  /** Number of beats. */
  int size() {
    return peaks.length;
  }

  /** Features of all beats, [size, {@link BeatFeatures#COUNT}]. */
  float[] features() {
    return new BeatFeatures(this).all();
  }
}
