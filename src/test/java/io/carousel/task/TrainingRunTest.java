package io.carousel.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.data.ForecastWindows;
import io.carousel.data.IndexRange;
import io.carousel.data.SequenceBatch;
import io.carousel.data.Series;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.optim.Adam;
import io.carousel.report.Report;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.BatchSource;
import io.carousel.train.RunFolder;
import io.carousel.train.SequenceBatches;
import io.carousel.train.SequenceObjective;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with gradient flow: interrupted, resumed, told in metrics and report. */
class TrainingRunTest {
  @TempDir Path folder;

  private TrainingRun run(RunFolder in, boolean resume, int stopAtStep) {
    TrainingRun.Options options = new TrainingRun.Options(resume, 0, false, 0, true);
    AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
    TrainingListener stopping =
        new TrainingListener() {
          private int steps;

          @Override
          public void stepped(int epoch, int stepInEpoch, double loss, int samples) {
            if (++steps == stopAtStep) {
              stop.get().run();
            }
          }
        };
    return new TrainingRun(in, options, List.of(stopping), stop::set);
  }

  private static TrainingResult train(TrainingRun run) throws IOException {
    float[] wave = new float[600];
    for (int t = 0; t < wave.length; t++) {
      wave[t] = (float) Math.sin(t / 9.0);
    }
    BatchSource<SequenceBatch> batches =
        SequenceBatches.shuffled(
            ForecastWindows.everyStep(new Series("wave", wave), new IndexRange(0, 600), 20, 1, 10),
            16,
            1);
    try (Device device = Devices.open("cpu");
        SequenceModel model = SequenceModel.around(Lstm.builder(1, 8)).head(1).build(device, 1)) {
      return run.fit(
          SequenceObjective.meanSquaredError(model),
          new Adam(model.parameters(), 1e-2),
          new TrainerSettings().epochs(4),
          "wave",
          batches,
          null);
    }
  }

  @Test
  void flowOfEveryEpochOutlivesAnInterruption() throws IOException {
    Path path = folder.resolve("run");
    TrainingResult first = train(run(RunFolder.create(path), false, 6));
    assertEquals(TrainingResult.End.INTERRUPTED, first.end());
    List<JsonNode> before = flows(path);
    assertFalse(before.isEmpty());
    TrainingRun again = run(RunFolder.open(path), true, -1);
    assertEquals(TrainingResult.End.FINISHED, train(again).end());
    List<JsonNode> after = flows(path);
    assertEquals(before.get(0), after.get(0), "what was measured before the interruption");
    JsonNode flow = after.get(0).path("runs").get(0);
    assertEquals("rnn", flow.path("name").asText());
    assertEquals(20, flow.path("normByLag").size());
    assertTrue(again.flowWords().get(0).startsWith("rnn: "), () -> again.flowWords().toString());
    again.write(Report.titled("t"));
    String html = Files.readString(again.folder().report());
    assertTrue(html.contains("Gradient by lag and epoch: rnn"));
    assertTrue(html.contains("<title>time steps back 19, epoch 1: "));
  }

  @Test
  void withoutTheOptionNothingIsSaidOfFlow() throws IOException {
    TrainingRun run = TrainingRun.in(RunFolder.create(folder.resolve("plain")));
    train(run);
    assertEquals(List.of(), run.flowWords());
    assertEquals(List.of(), flows(folder.resolve("plain")));
    run.write(Report.titled("t"));
    assertFalse(Files.readString(run.folder().report()).contains("Gradient flow"));
  }

  private static List<JsonNode> flows(Path run) throws IOException {
    List<JsonNode> flows = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode flow = new ObjectMapper().readTree(line).path("flow");
      if (flow.isObject()) {
        flows.add(flow);
      }
    }
    return flows;
  }
}
