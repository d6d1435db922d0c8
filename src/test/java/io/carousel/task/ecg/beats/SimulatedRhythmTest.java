package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.ecg.AamiClass;
import io.carousel.device.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A regular rhythm of pulses with P waves, made irregular. */
class SimulatedRhythmTest {
  private static final int N = AamiClass.N.ordinal();
  private static final int S = AamiClass.S.ordinal();
  private static final int V = AamiClass.V.ordinal();
  private static final double RATE = 200;
  private static final int STEP = 160;
  private static final int BEATS = 1500;

  /** Pulses of 1 mV, P waves of 0.2 mV 32 samples (0.16 s) before them, every 0.8 s. */
  private static Tracing regular() {
    float[] signal = new float[(BEATS + 1) * STEP];
    int[] peaks = IntStream.range(0, BEATS).map(i -> (i + 1) * STEP - 20).toArray();
    for (int peak : peaks) {
      for (int k = -60; k < 20; k++) {
        signal[peak + k] +=
            (float) (Math.exp(-k * k / 8.0) + 0.2 * Math.exp(-(k + 32.0) * (k + 32) / 18));
      }
    }
    double[] intervals = new double[BEATS + 1];
    Arrays.fill(intervals, STEP / RATE);
    intervals[0] = Double.NaN;
    intervals[BEATS] = Double.NaN;
    return new Tracing(new float[][] {signal, signal}, RATE, peaks, intervals);
  }

  private static int[] classes() {
    int[] classes = new int[BEATS];
    for (int i = 0; i < BEATS; i += 7) {
      classes[i] = V;
    }
    classes[10] = -1;
    return classes;
  }

  private static SimulatedRhythm simulated(int[] classes, long seed) {
    return new SimulatedRhythm(regular(), classes, new RandomStream(seed, "test"));
  }

  @Test
  void onlyNormalBeatsBecomePrematureAndOnlyPrematureOnesAreCalledSo() {
    int premature = 0;
    int irregular = 0;
    for (int seed = 1; seed <= 8; seed++) {
      SimulatedRhythm rhythm = simulated(classes(), seed);
      Tracing tracing = rhythm.tracing();
      for (int i = 1; i < BEATS; i++) {
        double interval = tracing.intervals()[i];
        assertEquals(interval, (tracing.peaks()[i] - tracing.peaks()[i - 1]) / RATE, 1e-9);
        int was = classes()[i];
        int is = rhythm.classes()[i];
        if (was != N) {
          assertEquals(was, is, "beat " + i);
          assertEquals(STEP / RATE, interval, 1e-9, "interval before a beat that is kept");
        }
        if (is == S) {
          assertTrue(interval < 0.95 * STEP / RATE && interval >= 0.279, "premature: " + interval);
          premature++;
        } else {
          irregular += Math.abs(interval / (STEP / RATE) - 1) > 0.05 ? 1 : 0;
        }
      }
    }
    assertTrue(premature > 100, premature + " premature beats");
    assertTrue(irregular > 100, irregular + " beats after pauses or in fibrillation");
  }

  @Test
  void complexesStayAndMoveWithTheirBeats() {
    Tracing before = regular();
    boolean pKept = false;
    boolean pGone = false;
    for (int seed = 1; seed <= 4; seed++) {
      Tracing after = simulated(new int[BEATS], seed).tracing();
      for (float[] lead : after.signals()) {
        for (int i = 0; i < BEATS; i++) {
          for (int k = -6; k < 6; k++) {
            assertEquals(
                before.signals()[0][before.peaks()[i] + k],
                lead[after.peaks()[i] + k],
                0.02,
                "beat " + i);
          }
          float p = lead[after.peaks()[i] - 32];
          pKept |= p > 0.18;
          pGone |= p < 0.05;
        }
      }
      assertEquals(after.signals()[0].length, after.signals()[1].length);
    }
    assertTrue(pKept && pGone, "P waves in some, none in others");
  }

  @Test
  void theSeedDecides() {
    Tracing one = simulated(classes(), 1).tracing();
    assertArrayEquals(one.signals()[0], simulated(classes(), 1).tracing().signals()[0]);
    assertArrayEquals(one.peaks(), simulated(classes(), 1).tracing().peaks());
    assertFalse(Arrays.equals(one.peaks(), simulated(classes(), 2).tracing().peaks()));
  }

  @Test
  void aPrematureBeatIsToldByTheFeaturesOfThatBeat() {
    int[] rhythm = IntStream.range(0, 60).map(i -> i == 30 ? 100 : 160).toArray();
    double[] intervals = new double[61];
    Arrays.setAll(intervals, i -> i == 60 ? Double.NaN : rhythm[i] / RATE);
    float[] written = new float[Rhythm.COUNT];
    Rhythm numbers = new Rhythm(intervals);
    for (int beat = 20; beat < 40; beat++) {
      numbers.write(beat, written, 0);
      double short30 = 3 * Math.log(100.0 / 160);
      assertEquals(beat == 30 ? short30 : 0, written[0], 1e-6, "interval before " + beat);
      assertEquals(beat == 29 ? short30 : 0, written[1], 1e-6, "interval after " + beat);
      assertEquals(beat != 29 && beat != 30, numbers.regular()[beat], "regular " + beat);
    }
  }
}
