package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.AamiClass;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.data.ecg.WfdbAnnotation;
import io.carousel.data.ecg.WfdbRecord;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingResult;
import io.carousel.train.metrics.Auroc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code carousel train ecg} with its default settings, judged by the annotations of the record it
 * comes from.
 */
class EcgForecastTest {
  private static final long EXCERPT_START = 422_820;
  private static final int HELD_BACK_FROM = 86_400;

  @TempDir static Path folder;
  private static Device device;
  private static EcgForecast.Outcome outcome;

  @BeforeAll
  static void train() throws IOException {
    device = Devices.open("cpu");
    outcome =
        new EcgForecast(EcgForecastSettings.DEFAULT, device)
            .run(TrainingRun.in(RunFolder.create(folder.resolve("run"))));
  }

  @AfterAll
  static void close() {
    device.close();
  }

  @Test
  void beatsTheBaselines() {
    assertEquals(TrainingResult.End.FINISHED, outcome.training().end());
    assertTrue(outcome.lstmRmse() < outcome.arRmse(), outcome::toString);
    assertTrue(outcome.arRmse() < outcome.lastValueRmse(), outcome::toString);
  }

  @Test
  void leavesModelMetricsAndReport() throws IOException {
    Path run = folder.resolve("run");
    List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertEquals(1 + outcome.training().history().size(), lines.size());
    String report = Files.readString(run.resolve("report.html"));
    for (String part :
        List.of("forecast", "abnormal beat", "rnn.weight_hh_l0", BundledEcg.load().sha256())) {
      assertTrue(report.contains(part), part);
    }
    try (EcgForecaster loaded = EcgForecaster.load(run.resolve("model.safetensors"), device)) {
      float[] signal = BundledEcg.load().samplesMillivolts();
      float[] minute = Arrays.copyOfRange(signal, signal.length - 21_600, signal.length);
      float[] forecast = loaded.forecast(minute);
      int first = loaded.contextLength() + loaded.horizon() - 1;
      assertTrue(Float.isNaN(forecast[first - 1]) && Float.isFinite(forecast[first]));
      float[] again = loaded.forecast(minute);
      assertArrayEquals(forecast, again);
    }
  }

  @Test
  void errorsSeparateAbnormalBeats() throws IOException {
    Path record = TestData.require("mitdb-ds1").resolve("208.hea");
    float[] signal = BundledEcg.load().samplesMillivolts();
    float[] learned = Arrays.copyOf(signal, HELD_BACK_FROM);
    int context = EcgForecastSettings.DEFAULT.contextLength();
    int horizon = EcgForecastSettings.DEFAULT.horizon();
    try (EcgForecaster lstm =
        EcgForecaster.load(folder.resolve("run").resolve("model.safetensors"), device)) {
      for (int from : new int[] {0, HELD_BACK_FROM}) {
        double score = auroc(record, lstm, signal, from);
        double same =
            auroc(record, AutoregressiveBaseline.fit(learned, context, horizon), signal, from);
        double ar32 = auroc(record, AutoregressiveBaseline.fit(learned, 32, horizon), signal, from);
        String figures =
            "from %d: LSTM %.4f, AR %.4f, AR(32) %.4f".formatted(from, score, same, ar32);
        assertTrue(score >= 0.90, figures);
        assertTrue(score >= Math.max(same, ar32) - 0.01, figures);
      }
    }
  }

  /** How well the forecast error around a beat tells annotated V and F beats from N beats. */
  private static double auroc(Path record, Forecaster forecaster, float[] signal, int from)
      throws IOException {
    List<Integer> peaks = new ArrayList<>();
    List<Boolean> abnormal = new ArrayList<>();
    for (WfdbAnnotation annotation : WfdbRecord.open(record).annotations("atr")) {
      long sample = annotation.sample() - EXCERPT_START;
      AamiClass beat = AamiClass.ofSymbol(annotation.symbol()).orElse(AamiClass.Q);
      if (sample >= from && sample < signal.length && beat != AamiClass.Q && beat != AamiClass.S) {
        peaks.add((int) sample);
        abnormal.add(beat != AamiClass.N);
      }
    }
    int[] rPeaks = peaks.stream().mapToInt(Integer::intValue).toArray();
    double[] scores = new BeatScore(360).score(signal, forecaster.forecast(signal), rPeaks);
    List<Double> scored = new ArrayList<>();
    List<Boolean> labels = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isNaN(scores[i])) {
        scored.add(scores[i]);
        labels.add(abnormal.get(i));
      }
    }
    boolean[] positive = new boolean[labels.size()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = labels.get(i);
    }
    return Auroc.of(scored.stream().mapToDouble(Double::doubleValue).toArray(), positive);
  }
}
