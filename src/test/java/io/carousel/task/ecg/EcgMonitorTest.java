package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.IndexRange;
import io.carousel.data.Normalizer;
import io.carousel.data.SequenceBatch;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.data.ecg.RPeakDetector;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.serve.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream against the figures of the whole signal; the last minute trained nothing. */
class EcgMonitorTest {
  private static final IndexRange HELD_BACK = new IndexRange(Record208.TEST_START, 108_000);

  @TempDir static Path folder;
  private static final float[] SIGNAL = BundledEcg.load().samplesMillivolts();
  private static Device device;
  private static ServedModel model;
  private static EcgForecaster forecaster;
  private static Watched watched;

  /** The forecasts of the held-back minute, each from a window of its own; NaN before. */
  private static float[] windows;

  /** What a monitor said of a signal; the forecasts lie at the samples that they are of. */
  private record Watched(float[] forecast, List<EcgMonitor.Beat> beats) {
    static Watched of(EcgMonitor monitor, float[] signal) {
      float[] forecast = new float[signal.length];
      Arrays.fill(forecast, Float.NaN);
      List<EcgMonitor.Beat> beats = new ArrayList<>();
      for (int t = 0; t < signal.length; t++) {
        EcgMonitor.Reading reading = monitor.next(signal[t]);
        if (t + forecaster.horizon() < signal.length) {
          forecast[t + forecaster.horizon()] = reading.forecastMillivolts();
        }
        if (reading.beat() != null) {
          beats.add(reading.beat());
        }
      }
      return new Watched(forecast, beats);
    }
  }

  @BeforeAll
  static void watch() throws IOException {
    Path file = TrainedEcg.in(folder.resolve("run"));
    device = Devices.open("cpu");
    model = ServedModel.load(file, device);
    forecaster = EcgForecaster.load(file, device);
    try (EcgMonitor monitor = new EcgMonitor(forecaster.card(), model.openSession())) {
      watched = Watched.of(monitor, SIGNAL);
      assertEquals(SIGNAL.length, monitor.samples());
    }
    int lead = forecaster.contextLength() + forecaster.horizon() - 1;
    int from = HELD_BACK.from() - lead;
    windows = new float[SIGNAL.length];
    Arrays.fill(windows, Float.NaN);
    float[] made = forecaster.forecast(Arrays.copyOfRange(SIGNAL, from, SIGNAL.length));
    System.arraycopy(made, lead, windows, HELD_BACK.from(), HELD_BACK.length());
  }

  @AfterAll
  static void close() {
    model.close();
    forecaster.close();
    device.close();
  }

  @Test
  void forecastsHaveTheBitsOfTheWholeSequence() {
    Normalizer normalizer = forecaster.card().normalizer();
    int steps = 2000;
    float[] inputs = normalizer.apply(Arrays.copyOf(SIGNAL, steps));
    float[] outputs =
        normalizer.invert(
            model.predict(SequenceBatch.ofFeatures(PackedShape.dense(steps, 1), 1, inputs)));

    int first = forecaster.contextLength() - 1;
    int ahead = forecaster.horizon();
    assertArrayEquals(
        Arrays.copyOfRange(outputs, first, steps),
        Arrays.copyOfRange(watched.forecast, first + ahead, steps + ahead));
    assertTrue(Float.isNaN(watched.forecast[first + ahead - 1]));
  }

  @Test
  void forecastsAsWellAsFromWindows() {
    double stream = ForecastError.rmse(SIGNAL, watched.forecast, HELD_BACK);

    assertEquals(ForecastError.rmse(SIGNAL, windows, HELD_BACK), stream, 0.002);
  }

  @Test
  void marksTheBeatsThatTheWholeSignalMarks() {
    int[] peaks = new RPeakDetector(360).detect(SIGNAL);
    double[] scores = new BeatScore(360).score(SIGNAL, windows, peaks);
    double threshold = forecaster.card().abnormalAboveMillivolts();
    int held = 0;
    int differing = 0;
    for (int beat = 0; beat < watched.beats.size(); beat++) {
      EcgMonitor.Beat found = watched.beats.get(beat);
      assertEquals(peaks[beat], found.sample());
      if (!Double.isNaN(scores[beat])) {
        held++;
        assertEquals(scores[beat], found.scoreMillivolts(), 0.02);
        differing += found.abnormal() == scores[beat] > threshold ? 0 : 1;
      }
    }
    assertEquals(peaks.length - 1, watched.beats.size()); // the last one is not certain yet
    assertEquals(98, held);
    assertTrue(differing <= 1, differing + " beats");
  }

  @Test
  void scoresAreThoseOfItsOwnForecasts() {
    int[] peaks = watched.beats.stream().mapToInt(beat -> (int) beat.sample()).toArray();

    double[] scores = new BeatScore(360).score(SIGNAL, watched.forecast, peaks);

    assertArrayEquals(
        scores, watched.beats.stream().mapToDouble(EcgMonitor.Beat::scoreMillivolts).toArray());
    assertTrue(Double.isNaN(scores[0]) && !Double.isNaN(scores[1]));
  }

  @Test
  void findsTheAnnotatedBeats() throws IOException {
    Record208 annotated = Record208.require().labelledFrom(Record208.TEST_START);
    int[] right = new int[2];
    int[] all = new int[2];
    for (int i = 0; i < annotated.beats().size(); i++) {
      int peak = annotated.peaks()[i];
      int kind = annotated.abnormal()[i] ? 1 : 0;
      for (EcgMonitor.Beat beat : watched.beats) {
        if (Math.abs(beat.sample() - peak) <= 54) { // 150 ms
          all[kind]++;
          right[kind] += beat.abnormal() == annotated.abnormal()[i] ? 1 : 0;
        }
      }
    }
    String figures =
        "normal %d of %d, abnormal %d of %d right".formatted(right[0], all[0], right[1], all[1]);
    assertEquals(98, all[0] + all[1], figures);
    assertTrue(right[0] >= 0.95 * all[0] && right[1] >= 0.9 * all[1], figures);
  }

  @Test
  void refusesWhatIsNoNumberAndStaysAsItWas() {
    try (EcgMonitor monitor = new EcgMonitor(forecaster.card(), model.openSession())) {
      for (int t = 0; t < 500; t++) {
        if (t == 300) {
          assertThrows(IllegalArgumentException.class, () -> monitor.next(Float.NaN));
        }
        float forecast = monitor.next(SIGNAL[t]).forecastMillivolts();
        assertEquals(watched.forecast[t + forecaster.horizon()], forecast);
      }
    }
  }
}
