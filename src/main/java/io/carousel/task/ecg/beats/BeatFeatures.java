package io.carousel.task.ecg.beats;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a beat: its rhythm, and its shape in each lead beside the patient's usual one.
 */
final class BeatFeatures {
  /** Numbers of a lead that compare a beat with others. */
  static final int MEASURES = 11;

  /** Ends of the parts of a beat that are averaged: P wave, QRS complex in detail, ST and T. */
  private static final int[] PARTS = parts();

  static final int SHAPE = PARTS.length - 1;
  static final int PER_LEAD = MEASURES + 2 * SHAPE;
  static final int LEADS = 2;

  /** Numbers per beat: rhythm, then lead by lead; a missing lead is all zeros. */
  static final int COUNT = Rhythm.COUNT + LEADS * PER_LEAD;

  private static final int QRS_REACH = 3;

  private final int size;
  private final Rhythm rhythm;
  private final Heartbeats[] leads;

  BeatFeatures(Tracing tracing) {
    size = tracing.size();
    rhythm = new Rhythm(tracing.intervals());
    boolean[] regular = rhythm.regular();
    double step = tracing.rateHz() / Heartbeats.RATE_HZ;
    leads = new Heartbeats[tracing.signals().length];
    for (int lead = 0; lead < leads.length; lead++) {
      leads[lead] = new Heartbeats(tracing.signals()[lead], tracing.peaks(), step, regular);
    }
  }

  /** Steps of 20 ms before, of 10 ms within and of 30 ms after the QRS complex. */
  private static int[] parts() {
    List<Integer> ends = new ArrayList<>();
    for (int k = 0; k < Heartbeats.LENGTH; ) {
      ends.add(k);
      k += k < Heartbeats.BEFORE - 8 ? 2 : k < Heartbeats.BEFORE + 12 ? 1 : 3;
    }
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }

  /** [size, COUNT]. */
  float[] all() {
    float[] all = new float[size * COUNT];
    for (int i = 0; i < size; i++) {
      rhythm.write(i, all, i * COUNT);
      for (int lead = 0; lead < leads.length; lead++) {
        write(leads[lead], i, all, i * COUNT + Rhythm.COUNT + lead * PER_LEAD);
      }
    }
    return all;
  }

  private void write(Heartbeats lead, int i, float[] to, int at) {
    float[] beat = lead.beat(i);
    float[] usual = lead.template();
    int from = Heartbeats.QRS_FROM;
    int end = Heartbeats.QRS_TO;
    float[] before = lead.beat(Math.max(0, i - 1));
    float[] after = lead.beat(Math.min(size - 1, i + 1));
    double width = Heartbeats.width(beat);
    double[] measures = {
      far(Heartbeats.likeness(beat, usual, from, end, QRS_REACH)),
      far(Heartbeats.likeness(beat, usual, 0, from + 2, QRS_REACH)),
      far(Heartbeats.likeness(beat, usual, end, Heartbeats.LENGTH, QRS_REACH)),
      far(Heartbeats.likeness(beat, before, from, end, QRS_REACH)),
      far(Heartbeats.likeness(beat, after, from, end, QRS_REACH)),
      ratio(Heartbeats.span(beat, from, end), Heartbeats.span(usual, from, end)),
      ratio(Heartbeats.span(beat, 0, from), Heartbeats.span(usual, 0, from)),
      ratio(
          Heartbeats.span(beat, end, Heartbeats.LENGTH),
          Heartbeats.span(usual, end, Heartbeats.LENGTH)),
      30 * width - 1,
      2 * ratio(width, Heartbeats.width(usual)),
      3 * distance(beat, usual)
    };
    for (int m = 0; m < MEASURES; m++) {
      to[at + m] = (float) Math.max(-3, Math.min(3, measures[m]));
    }
    for (int part = 0; part < SHAPE; part++) {
      float own = mean(beat, part);
      to[at + MEASURES + part] = clip(own);
      to[at + MEASURES + SHAPE + part] = clip(2 * (own - mean(usual, part)));
    }
  }

  /** Correlations crowd at 1: their distance from it on a scale that spreads them. */
  private static double far(double correlation) {
    return 2 * Math.sqrt(Math.max(0, 1 - correlation)) - 0.5;
  }

  private static double ratio(double a, double b) {
    return Math.log((a + 0.02) / (b + 0.02));
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int k = Heartbeats.QRS_FROM; k < Heartbeats.QRS_TO; k++) {
      sum += (a[k] - b[k]) * (a[k] - b[k]);
    }
    return Math.sqrt(sum / (Heartbeats.QRS_TO - Heartbeats.QRS_FROM));
  }

  private static float mean(float[] beat, int part) {
    float sum = 0;
    for (int k = PARTS[part]; k < PARTS[part + 1]; k++) {
      sum += beat[k];
    }
    return sum / (PARTS[part + 1] - PARTS[part]);
  }

  private static float clip(float value) {
    return Math.max(-3, Math.min(3, value));
  }
}
